"""SAML, against a provider that runs: who gets in, and every way to forge an assertion."""

import base64
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from lxml import etree

from accounts.models import User
from accounts.sso.proof import second_factor_proven
from tests.accounts.sso import browser, last_event, request_of, saml_account, site, user_in  # noqa: F401
from tests.conftest import World
from tests.idp.running import SITE, Idp, begin, come_back, enter, hidden

ACS = "/inloggen/met/entree/saml/"
TOKEN = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


@pytest.fixture
def idp(saml_idp: Idp, site: Any) -> Idp:  # noqa: F811
    site.SSO = (saml_account(saml_idp),)
    return saml_idp


@pytest.fixture
def linked(world: World, idp: Idp) -> User:
    enter(browser(), idp, "entree", "coordinator")
    assert SocialAccount.objects.filter(user=world.coordinator).count() == 1
    idp.plan(forget=True)
    idp.plan()
    idp.browser.cookies.clear()
    return world.coordinator


def refused(response: Any) -> bool:
    return response.status_code == 403 and b"You can't come in with this account" in response.content


class TestFirstUse:
    def test_a_vouched_address_links_and_logs_in(self, world: World, idp: Idp) -> None:
        client = browser()
        response = enter(client, idp, "entree", "coordinator", next="/logboek/")
        assert response["Location"] == "/logboek/"
        assert user_in(client) == world.coordinator
        assert last_event("auth.identity_linked").details == {"provider": "entree"}
        assert SocialAccount.objects.get().extra_data == {"iss": idp.url, "sub": "sub-coordinator"}

    def test_what_was_posted_is_not_kept(self, linked: User) -> None:
        for session in Session.objects.all():
            assert "SAMLResponse" not in str(session.get_decoded())

    def test_nobody_vouches_for_an_address_by_default(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (saml_account(idp, email_vouched=False),)
        assert refused(enter(browser(), idp, "entree", "coordinator"))
        site.SSO = (saml_account(idp, email_domains=frozenset()),)
        assert refused(enter(browser(), idp, "entree", "coordinator"))
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize("mail", [[], [""], ["coordinator@elders.example"], ["niemand@school.example"]], ids=str)
    def test_who_was_not_invited_stays_out(self, world: World, idp: Idp, mail: list[str]) -> None:
        idp.plan(attributes={"mail": mail} if mail else {})
        client = browser()
        assert refused(enter(client, idp, "entree", "coordinator"))
        assert user_in(client) is None
        assert User.objects.count() == len(world.people), "nobody signs up"
        assert last_event("auth.login_failed").outcome == "refused"

    def test_attributes_that_must_hold(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (saml_account(idp, require={"nlEduPersonHomeOrganizationId": frozenset({"11ZZ", "12ZZ"})}),)
        said = {"mail": ["coordinator@school.example"]}
        for brin in ([], ["99ZZ"]):
            idp.plan(attributes={**said, "nlEduPersonHomeOrganizationId": brin})
            assert refused(enter(browser(), idp, "entree", "coordinator"))
        idp.plan(attributes={**said, "nlEduPersonHomeOrganizationId": ["12ZZ"]})
        client = browser()
        enter(client, idp, "entree", "coordinator")
        assert user_in(client) == world.coordinator

    def test_an_attribute_may_say_who_it_is(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        """Entree gives out a NameID that is new each time, and an attribute that stays."""
        site.SSO = (saml_account(idp, subject="uid"),)
        said = {"mail": ["coordinator@school.example"], "uid": ["qj7cks8q@het-lyceum"]}
        idp.plan(format=TRANSIENT, name_id="once", attributes=said)
        enter(browser(), idp, "entree", "coordinator")
        assert SocialAccount.objects.get().extra_data["sub"] == "qj7cks8q@het-lyceum"
        idp.plan(format=TRANSIENT, name_id="twice", attributes={**said, "mail": []})
        client = browser()
        enter(client, idp, "entree", "coordinator")
        assert user_in(client) == world.coordinator


class TestIdentity:
    def test_an_address_that_was_given_to_a_colleague_opens_nothing(self, linked: User, idp: Idp) -> None:
        idp.plan(attributes={"mail": [linked.email]})
        assert refused(enter(browser(), idp, "entree", "opvolger"))

    def test_who_was_closed_is_out(self, linked: User, idp: Idp) -> None:
        User.objects.filter(pk=linked.pk).update(is_active=False)
        client = browser()
        assert refused(enter(client, idp, "entree", "coordinator"))
        assert user_in(client) is None


class TestForged:
    """Each assertion that does not hold is refused, and the one beside it that does gets in."""

    @pytest.mark.parametrize(
        "plan",
        [
            {"sign": "no"},
            {"sign": "other"},
            {"sign": "response"},
            {"audience": "https://another.example/"},
            {"audience": ""},
            {"recipient": "https://another.example/acs/"},
            {"recipient": ""},
            {"recipient": f"https://evil.example/?{SITE}{ACS}"},
            {"destination": "https://another.example/acs/"},
            {"issuer": "https://evil.example"},
            {"expires": -120},
            {"until": ""},
            {"answered": ""},
            {"answered": "ONELOGIN_of_another_log_in"},
            {"subject_answered": ""},
            {"subject_answered": "ONELOGIN_of_another_log_in"},
            {"answered": "ONELOGIN_x", "subject_answered": "ONELOGIN_x"},
            {"answered": "", "subject_answered": ""},
            {"format": TRANSIENT},
            {"format": EMAIL, "name_id": "coordinator@school.example"},
            {"name_id": ""},
            {"wrap": {"name": "principal", "way": "first"}},
            {"wrap": {"name": "principal", "way": "inside"}},
            {"wrap": {"name": "principal", "way": "same_id"}},
        ],
        ids=str,
    )
    def test_is_refused(self, linked: User, idp: Idp, plan: dict[str, Any]) -> None:
        client = browser()
        there = begin(client, "entree")
        idp.plan(**plan)
        response = come_back(client, idp.log_in(there, "coordinator"))
        assert response.status_code == 400
        assert user_in(client) is None
        assert last_event("auth.login_failed").outcome == "refused"
        idp.plan()
        enter(client, idp, "entree", "coordinator")
        assert user_in(client) == linked

    def test_an_answer_works_once(self, linked: User, idp: Idp) -> None:
        client = browser()
        page = idp.log_in(begin(client, "entree"), "coordinator")
        come_back(client, page)
        client.post(reverse("account_logout"))
        assert come_back(client, page).status_code == 400
        assert user_in(client) is None

    def test_an_answer_works_in_the_browser_that_asked(self, linked: User, idp: Idp) -> None:
        page = idp.log_in(begin(browser(), "entree"), "coordinator")
        victim = browser()
        begin(victim, "entree")
        assert come_back(victim, page).status_code == 400
        assert user_in(victim) is None

    def test_a_stolen_assertion_does_not_answer_another_question(self, linked: User, idp: Idp) -> None:
        """The outside of an answer is not signed: put round somebody's assertion, it names the thief's own request."""
        stolen = hidden(idp.log_in(begin(browser(), "entree"), "coordinator").text)["SAMLResponse"]
        thief = browser()
        page = idp.log_in(begin(thief, "entree"), "principal")
        own = etree.fromstring(base64.b64decode(hidden(page.text)["SAMLResponse"]))
        tree = etree.fromstring(base64.b64decode(stolen))
        tree.set("InResponseTo", own.get("InResponseTo"))
        page._content = page.text.replace(
            hidden(page.text)["SAMLResponse"], base64.b64encode(etree.tostring(tree)).decode()
        ).encode()
        assert come_back(thief, page).status_code == 400
        assert user_in(thief) is None

    @pytest.mark.parametrize(
        "posted",
        [
            "",
            "x",
            "%00",
            "PHg+",
            "PCFET0NUWVBFIHggWzwhRU5USVRZIHggU1lTVEVNICJmaWxlOi8vL2V0Yy9wYXNzd2QiPl0+PHg+Jng7PC94Pg==",
        ],
        ids=["nothing", "no base64", "nul", "no xml", "an entity"],
    )
    def test_nonsense_is_refused(self, linked: User, idp: Idp, posted: str | bytes) -> None:
        client = browser()
        response = client.post(ACS, {"SAMLResponse": posted}, follow=True)
        assert response.status_code == 400
        assert user_in(client) is None

    def test_a_huge_answer_is_not_kept(self, linked: User, idp: Idp) -> None:
        before = Session.objects.count()
        assert browser().post(ACS, {"SAMLResponse": "A" * 300_000}).status_code == 400
        assert Session.objects.count() == before

    @pytest.mark.parametrize("method", ["get", "put", "options"])
    def test_only_a_form_brings_an_answer(self, linked: User, idp: Idp, method: str) -> None:
        assert getattr(browser(), method)(ACS).status_code == 400

    def test_there_is_no_finishing_without_a_beginning(self, linked: User, idp: Idp) -> None:
        assert browser().get(f"{ACS}verder/").status_code == 400

    def test_no_script_reads_the_cookie(self, linked: User, idp: Idp) -> None:
        client = browser()
        page = idp.log_in(begin(client, "entree"), "coordinator")
        response = Client(headers={"host": "zorg.school.example"}).post(ACS, hidden(page.text))
        cookie = response.cookies["saml-acs-session"]
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"]) == ("Lax", f"{ACS}verder/")


class TestRequest:
    def test_what_is_asked(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (saml_account(idp, ask=(TOKEN,)),)
        idp.log_in(begin(browser(), "entree"), "coordinator")
        request = etree.fromstring(idp.log("/sso")[-1]["request"])
        assert request.get("AssertionConsumerServiceURL") == SITE + ACS
        assert request.get("ForceAuthn") is None
        assert TOKEN in etree.tostring(request).decode()

    def test_the_host_of_a_request_changes_nothing(self, world: World, idp: Idp) -> None:
        client = Client(headers={"host": "evil.example"})
        idp.log_in(begin(client, "entree"), "coordinator")
        assert "evil" not in idp.log("/sso")[-1]["request"]

    def test_the_provider_can_read_who_we_are(self, world: World, idp: Idp) -> None:
        response = browser().get(f"{ACS}metadata/")
        tree = etree.fromstring(response.content)
        assert tree.get("entityID") == f"{SITE}{ACS}metadata/"
        assert b'WantAssertionsSigned="true"' in response.content
        assert f'Location="{SITE}{ACS}"'.encode() in response.content
        assert b"SingleLogout" not in response.content


@pytest.mark.parametrize(("plan", "proven"), [({}, False), ({"context": TOKEN}, True)], ids=str)
def test_a_second_factor_counts_when_the_provider_says_so(
    linked: User, idp: Idp, plan: dict[str, Any], proven: bool
) -> None:
    idp.plan(**plan)
    client = browser()
    enter(client, idp, "entree", "coordinator")
    assert second_factor_proven(request_of(client)) is proven


def test_a_moment_of_long_ago_is_no_problem_for_logging_in(linked: User, idp: Idp) -> None:
    """Whoever logged in at school this morning need not do so again; for a step-up they must."""
    idp.plan(instant="2026-01-05T08:00:00Z")
    client = browser()
    enter(client, idp, "entree", "coordinator")
    assert user_in(client) == linked
