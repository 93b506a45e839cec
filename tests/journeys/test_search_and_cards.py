"""Whom it is about, found by name; and whom to call, on the cards after sending."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Pupil
from audit.models import AuditEvent
from escalation.models import Contact
from signals.models import Step
from signals.services.cases import case_join, case_take
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page
from tests.journeys.test_teacher import first_page, sent


@pytest.fixture
def teacher(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


class TestSearch:
    def names(self, browser: Browser, query: str, role: str = "pupil") -> list[str]:
        form = first_page(browser)
        page = browser.send(form, "search", person_query=query, subject_role=role)
        direct = Page(
            browser.client.post(reverse("signals:person-search"), {"person_query": query, "subject_role": role})
        )
        values = [option for option in page.form(id="concern").options("person") if option]
        assert [value for value in values if value not in direct.html] == []
        return values

    def test_pupils_by_parts_of_the_name(self, world: World, teacher: Browser) -> None:
        Pupil.objects.create(school=world.school, name="Noor van Dam", group="2A")
        mine = f"pupil:{world.pupil.reference}"
        assert self.names(teacher, "zand no") == [mine]
        assert len(self.names(teacher, "noor")) == 2
        assert self.names(teacher, "n") == []
        assert self.names(teacher, "") == []

    @pytest.mark.parametrize(
        ("name", "queries"),
        [
            ("Zoë Bos", ("Zoe", "zoë", "ZOË", "bos zoe", "Zoe\u0308")),
            ("Zoe\u0308 Bos", ("zoë", "zoe")),
            ("Łukasz Wałęsa", ("Lukasz", "walesa", "łukasz")),
            ("Elif Yıldız", ("Yildiz", "YILDIZ", "yıldız")),
            ("Elif Yildiz", ("Yıldız",)),
            ("Émile de Weiß", ("émile", "emile", "weiss")),
            ("Ærø d’Or", ("aero", "D’or")),
            ("Моя Ли", ("моя",)),
        ],
    )
    def test_names_are_found_however_they_are_typed(
        self, world: World, teacher: Browser, name: str, queries: tuple[str, ...]
    ) -> None:
        found = Pupil.objects.create(school=world.school, name=name)
        for query in queries:
            assert self.names(teacher, query) == [f"pupil:{found.reference}"], query
        assert self.names(teacher, queries[0] + " x") == []

    def test_signs_of_a_pattern_are_only_signs(self, world: World, teacher: Browser) -> None:
        for query in (".*", "No+r", "^No", "[n]oor", "(?:noor)", "\\w\\w", "***", "\u0308\u0308"):
            assert self.names(teacher, query) == [], query

    def test_no_pupil_of_another_school_nor_one_that_left(self, world: World, teacher: Browser) -> None:
        Pupil.objects.create(school=world.school, name="Weg Zandstra", is_active=False)
        assert self.names(teacher, "zandstra") == [f"pupil:{world.pupil.reference}"]
        assert self.names(teacher, "bram") == []

    def test_staff_only_when_it_is_about_staff_and_never_oneself(self, world: World, teacher: Browser) -> None:
        assert self.names(teacher, "principal") == []
        assert self.names(teacher, "principal", "staff") == [f"staff:{world.principal.reference}"]
        assert self.names(teacher, "prıncipál", "staff") == [f"staff:{world.principal.reference}"]
        assert self.names(teacher, "author", "staff") == []
        assert self.names(teacher, "zandstra", "staff") == []

    def test_no_staff_of_another_board_nor_who_left(self, world: World, teacher: Browser) -> None:
        found = self.names(teacher, "coordinator", "staff")
        assert found == [f"staff:{world.coordinator.reference}"]
        assert self.names(teacher, "former", "staff") == []

    def test_a_search_is_recorded_without_what_was_typed(self, world: World, teacher: Browser) -> None:
        teacher.post(reverse("signals:person-search"), {"person_query": "zandstra", "subject_role": "pupil"})
        event = AuditEvent.objects.get(action="person.searched")
        assert event.details["found"] == [f"pupil:{world.pupil.reference}"]
        assert set(event.details) == {"found", "terms"}
        assert "zandstra" not in event.body.lower()
        assert event.actor_ref == world.author.reference


class TestCards:
    """What the teacher sees after sending: whom, by when, how firm, on what ground, who, and why."""

    @pytest.fixture
    def page(self, teacher: Browser) -> Page:
        return sent(teacher, {"departure": "suspected"}, concern="departure")

    def card(self, page: Page, recipient: str) -> str:
        reference = Step.objects.get(recipient=recipient).reference
        start = page.html.index(f'id="step-{reference}"')
        return page.html[start : page.html.index("</article>", start)]

    def test_the_schools_own_contact(self, page: Page) -> None:
        card = self.card(page, "police_contact")
        assert "Wijkagent J. de Boer" in card
        assert 'href="tel:+31612345678"' in card
        assert "06 12345678" in card

    def test_everything_about_a_step(self, page: Page) -> None:
        step = Step.objects.get(recipient="police_contact")
        card = self.card(page, "police_contact")
        assert "must" in card.lower()
        assert "government" in card.lower()
        assert timezone.localtime(step.due_at).strftime("%Y-%m-%dT23:59") in card
        assert "The care coordinator or the principal" in card
        assert step.why_en in Page(page.response).text
        assert "Source:" in card
        assert "rijksoverheid.nl" in card.lower() or "Rijksoverheid" in card

    def test_an_obligation_is_told_apart(self, page: Page) -> None:
        assert "tag-must" in self.card(page, "municipality_oov")
        assert "tag-advice" in self.card(page, "ess")
        assert "tag-may" in self.card(page, "lse")

    def test_a_missing_contact_says_so(self, page: Page) -> None:
        card = self.card(page, "municipality_oov")
        assert "Your school has not filled in a contact for this yet." in card

    def test_national_contacts(self, page: Page) -> None:
        assert 'href="tel:09001113111"' in self.card(page, "confidential_inspector")
        assert "helpdesk@schoolenveiligheid.nl" in self.card(page, "school_veiligheid")


def test_an_old_contact_says_so_and_names_the_fallback(world: World, teacher: Browser) -> None:
    Contact.objects.update(checked_on=timezone.localdate() - timedelta(days=181))
    page = sent(teacher, {"departure": "suspected"}, concern="departure")
    assert "Nobody has checked this contact for more than half a year." in page.text
    assert "ask for the officer of your school's neighbourhood. 0900-8844" in page.text
    Contact.objects.update(checked_on=timezone.localdate() - timedelta(days=180))
    assert "half a year" not in teacher.get(page.path).text


def test_a_missing_police_contact_falls_back_on_the_national_number(world: World, teacher: Browser) -> None:
    Contact.objects.all().delete()
    page = sent(teacher, {"departure": "suspected"}, concern="departure")
    assert "tel:09008844" in page.hrefs("tel:")


def test_the_contact_of_another_school_is_never_shown(world: World, teacher: Browser) -> None:
    Contact.objects.create(
        board=world.board,
        school=world.sister_school,
        recipient="municipality_oov",
        name="Zuster O.",
        phone="0301234567",
    )
    assert "Zuster O." not in sent(teacher, {"departure": "suspected"}, concern="departure").text


def test_the_contact_of_the_municipality_serves_all_its_schools(world: World, teacher: Browser) -> None:
    Contact.objects.create(
        board=world.board, municipality="Merendal", recipient="municipality_oov", name="Loket OOV", phone="0301234567"
    )
    page = sent(teacher, {"departure": "suspected"}, concern="departure")
    assert "Loket OOV" in page.text
    assert "tel:+31301234567" in page.hrefs("tel:")


def test_of_several_reports_comes_first_what_must_be_done_first(world: World, login: Any) -> None:
    """In the steps and beside them, and the same as in the list."""
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    case_join(by=world.coordinator, case=send(world.author, typed(world, concern="weapon")).case, into=case)
    musts = list(Step.objects.filter(obligation="must", state="open").order_by("pk"))
    others = list(Step.objects.filter(state="open").exclude(obligation="must").order_by("pk"))
    assert len({step.signal_id for step in musts}) == 2
    assert len({step.signal_id for step in others}) == 2, "which stand between the musts, report by report"
    for row in musts:
        Step.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(hours=row.pk - musts[0].pk + 1))
    Step.objects.filter(pk=others[0].pk).update(due_at=timezone.now() - timedelta(days=9))
    html = Browser(login(world.coordinator)).get(reverse("signals:case", args=[case.reference])).html
    shown = re.findall(r'id="step-([0-9A-Z-]{10,})"', html)
    still = [row.reference for row in (*reversed(musts), others[0])]
    assert [one for one in shown if one in still] == still
    assert re.findall(r'class="next">.*?#step-([0-9A-Z-]{10,})"', html, re.DOTALL) == [musts[-1].reference]
