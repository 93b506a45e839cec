"""What the operator may write, and the words when it can't be. The log-in page shows what is configured."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.sso.config import read
from accounts.sso.seen import Seen, is_admitted, is_answer_to, is_fresh, vouched_email
from tests.accounts.sso import OIDC, SAML, browser, site  # noqa: F401
from tests.conftest import World

SURF = {
    "SSO": "surfconext",
    "SSO_SURFCONEXT_KIND": "oidc",
    "SSO_SURFCONEXT_NAME": "SURFconext",
    "SSO_SURFCONEXT_ISSUER": "https://connect.surfconext.nl",
    "SSO_SURFCONEXT_CLIENT_ID": "zorg.school.example",
    "SSO_SURFCONEXT_CLIENT_SECRET": "geheim",
}
ENTREE = {
    "SSO": "entree",
    "SSO_ENTREE_KIND": "saml",
    "SSO_ENTREE_NAME": "Entree",
    "SSO_ENTREE_ISSUER": "entree.example",
    "SSO_ENTREE_SSO_URL": "https://entree.example/sso",
    "SSO_ENTREE_CERTIFICATE": "MIIB",
}


def configured(values: dict[str, str], https: bool = True) -> Any:
    env = environ.Env()
    env.ENVIRON = values
    return read(env, https=https)


def test_nothing_is_the_default() -> None:
    assert configured({}) == ()


def test_little_is_enough_and_then_nothing_is_believed() -> None:
    (found,) = configured(SURF)
    assert (found.slug, found.kind, found.issuer) == ("surfconext", "oidc", "https://connect.surfconext.nl")
    assert found.email_domains == frozenset()
    assert not found.email_vouched
    assert found.second_factor == frozenset()
    assert "geheim" not in repr(found)


def test_two_with_everything(tmp_path: Path) -> None:
    (tmp_path / "entree.pem").write_text("-----BEGIN CERTIFICATE-----")
    more = {
        "SSO": "surfconext, entree",
        "SSO_SURFCONEXT_EMAIL_DOMAINS": "School.example,tweede.example",
        "SSO_SURFCONEXT_REQUIRE": "schac_home_organization=school.example,schac_home_organization=tweede.example",
        "SSO_SURFCONEXT_SECOND_FACTOR": "http://surfconext.nl/assurance/loa2,http://surfconext.nl/assurance/loa3",
        "SSO_SURFCONEXT_ASK_SECOND_FACTOR": "http://surfconext.nl/assurance/loa2",
        "SSO_ENTREE_CERTIFICATE": str(tmp_path / "entree.pem"),
        "SSO_ENTREE_SUBJECT": "uid",
    }
    surf, entree = configured(SURF | ENTREE | more)
    assert surf.email_domains == {"school.example", "tweede.example"}
    assert surf.require == {"schac_home_organization": {"school.example", "tweede.example"}}
    assert surf.ask == ("http://surfconext.nl/assurance/loa2",)
    assert entree.certificate.startswith("-----BEGIN")
    assert (entree.subject, entree.email) == ("uid", "mail")


def examples() -> list[str]:
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    return re.findall(r"```\n(SSO=.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.split()[0])
def test_the_examples_in_the_manual_can_be_read(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "entree.pem").write_text("-----BEGIN CERTIFICATE-----")
    (tmp_path / ".env").write_text(example.replace("/var/lib/schoolsafety", str(tmp_path)))
    monkeypatch.setattr(environ.Env, "ENVIRON", {})
    environ.Env.read_env(tmp_path / ".env")
    (found,) = read(environ.Env(), https=True)
    assert found.require or found.slug == "entra", "who shares an issuer with strangers says who they are"
    for name, wanted in found.require.items():
        assert name
        assert not any("=" in value for value in wanted)


def test_there_is_an_example_of_each() -> None:
    assert [example.split()[0] for example in examples()] == ["SSO=surfconext", "SSO=entra", "SSO=google", "SSO=entree"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SSO": "Surf Conext"}, "can't be a name"),
        ({"SSO": "surfconext,surfconext"}, "twice"),
        ({"SSO_SURFCONEXT_KIND": "oauth"}, "SSO_SURFCONEXT_KIND must be oidc or saml"),
        ({"SSO_SURFCONEXT_CLIENT_SECRET": ""}, "SSO_SURFCONEXT_CLIENT_SECRET must be set"),
        ({"SSO_SURFCONEXT_ISSUER": "http://connect.surfconext.nl"}, "SSO_SURFCONEXT_ISSUER must start with https"),
        ({"SSO_SURFCONEXT_EMAIL_DOMAINS": "*"}, "no domain"),
        ({"SSO_SURFCONEXT_EMAIL_DOMAINS": "@school.example"}, "no domain"),
        ({"SSO_SURFCONEXT_REQUIRE": "schac_home_organization"}, "must read claim=value"),
        ({"SSO": "entree", **ENTREE, "SSO_ENTREE_CERTIFICATE": "/bestaat/niet.pem"}, "can't be read"),
        ({"SSO": "entree", **ENTREE, "SSO_ENTREE_SSO_URL": "http://entree.example"}, "SSO_ENTREE_SSO_URL must start"),
    ],
    ids=str,
)
def test_a_mistake_stops_the_start_with_a_sentence(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        configured(SURF | changes)


class TestRules:
    def test_issuer_and_subject_are_one_key_that_no_other_pair_has(self) -> None:
        pairs = [("https://a", "b"), ("https://ab", ""), ("https://", "ab"), ("https://a", "B")]
        assert len({Seen(issuer, subject).uid for issuer, subject in pairs}) == len(pairs)
        assert len(Seen("i" * 500, "s" * 500).uid) == 64

    @pytest.mark.parametrize(
        ("email", "found"),
        [
            ("Coordinator@School.Example", "coordinator@school.example"),
            ("coordinator@sub.school.example", ""),
            ("coordinator@school.example.evil.example", ""),
            ("school.example", ""),
            ("a@b@school.example", ""),
            ("co\u00f6rdinator@school.example", ""),
            ("\u212aoos@school.example", ""),  # the sign for kelvin, which becomes a k
            ("", ""),
        ],
    )
    def test_an_address_counts_in_its_own_domain(self, email: str, found: str) -> None:
        assert vouched_email(OIDC, Seen("i", "s", email=email, email_verified=True)) == found
        assert vouched_email(OIDC, Seen("i", "s", email=email)) == ""
        assert vouched_email(replace(OIDC, email_domains=frozenset()), Seen("i", "s", email, True)) == ""

    def test_all_that_is_required_must_be_there(self) -> None:
        account = replace(OIDC, require={"hd": frozenset({"a", "b"}), "role": frozenset({"staff"})})
        one, both = {"hd": frozenset({"a"})}, {"hd": frozenset({"b", "c"}), "role": frozenset({"staff"})}
        assert is_admitted(OIDC, Seen("i", "s"))
        assert not is_admitted(account, Seen("i", "s", values=one))
        assert is_admitted(account, Seen("i", "s", values=both))

    def test_fresh_is_after_the_question(self) -> None:
        assert is_fresh(Seen("i", "s", at=1000.0), 1000.0)
        assert is_fresh(Seen("i", "s", at=941.0), 1000.0), "clocks differ"
        assert not is_fresh(Seen("i", "s", at=939.0), 1000.0)
        assert not is_fresh(Seen("i", "s"), 1000.0)

    def test_an_answer_without_a_question_is_none(self) -> None:
        assert not is_answer_to(Seen("i", "s", nonce=""), "")
        assert not is_answer_to(Seen("i", "s", nonce="é"), "x")
        assert is_answer_to(Seen("i", "s", nonce="x"), "x")


class TestLogInPage:
    def test_one_button_each_above_the_form(self, world: World, site: Any) -> None:  # noqa: F811
        site.SSO = (OIDC, SAML)
        page = browser().get("/inloggen/?next=/logboek/").content.decode()
        first, second, form = (
            page.index(text) for text in ("Log in with SURFconext", "Log in with Entree", 'name="password"')
        )
        assert first < second < form
        assert 'action="/inloggen/met/surfconext/"' in page
        assert page.count('name="next" value="/logboek/"') == 4, "two providers, the form and the passkey"

    def test_nothing_when_none_is_configured(self, world: World) -> None:
        page = browser().get("/inloggen/").content.decode()
        assert "/inloggen/met/" not in page
        assert "Or with your e-mail address" not in page

    def test_the_buttons_cost_no_query(self, world: World, site: Any, django_assert_num_queries: Any) -> None:  # noqa: F811
        site.SSO = (OIDC, SAML)
        with django_assert_num_queries(0):
            browser().get("/inloggen/")

    def test_the_menu_leads_to_ones_own_when_there_are_any(self, world: World, login: Any, site: Any) -> None:  # noqa: F811
        assert "/inloggen/schoolaccounts/" not in login(world.coordinator).get("/werkplek/").content.decode()
        site.SSO = (OIDC,)
        assert "/inloggen/schoolaccounts/" in login(world.coordinator).get("/werkplek/").content.decode()

    def test_without_any_that_page_says_so(self, world: World, login: Any) -> None:
        client = login(world.coordinator)
        client.cookies["django_language"] = "en"
        page = client.get("/inloggen/schoolaccounts/")
        assert "No school accounts are in use here" in page.content.decode()

    def test_a_row_in_the_database_is_no_way_in(self, world: World, site: Any) -> None:  # noqa: F811
        from allauth.socialaccount.models import SocialApp

        SocialApp.objects.create(
            provider="openid_connect",
            provider_id="evil",
            name="Evil",
            client_id="x",
            settings={"server_url": "https://x"},
        )
        assert "Evil" not in browser().get("/inloggen/").content.decode()
        assert browser().post("/inloggen/met/evil/").status_code == 404

    @pytest.mark.parametrize(
        "path", ["/social/signup/", "/social/connections/", "/social/login/error/", "/oidc/x/login/"]
    )
    def test_the_pages_of_the_library_do_not_exist(self, world: World, site: Any, path: str) -> None:  # noqa: F811
        site.SSO = (OIDC, SAML)
        assert browser().get(path).status_code == 404
