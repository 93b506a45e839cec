"""Practice: a whole exercise, for oneself alone, that can become nothing real and that nothing real can become."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail, serializers
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEvent
from signals.models import Draft, Rehearsal, Signal
from signals.services.cases import case_take
from tests.conftest import World, typed
from tests.conftest import send as send_real
from tests.journeys.page import Browser, Page
from tests.practice import STORY, WHY, close, rehearse, send, take, write

MARK = "Exercise – this is no real report"
PAGES = ("", "melding/", "casus/", "opvolging/", "casus/antwoorden/", "casus/sluiten/", "casus/monitoring/")


@pytest.fixture
def me(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


def kept(world: World) -> Rehearsal:
    return Rehearsal.objects.get(by=world.author)


@pytest.mark.parametrize("who", ["author", "board_officer"])
def test_from_the_first_word_to_the_closing(world: World, login: Any, who: str) -> None:
    browser = Browser(login(world.people[who]))
    assert browser.get("/").hrefs("/oefenen/"), "a link on the first page, for everybody who writes"
    door = browser.get("/oefenen/")
    assert door.hrefs("/oefenen/melden/")
    page = send(browser)
    assert "Neighbourhood officer" in page.text
    assert "Go on as care coordinator" in page.text
    page = take(browser)
    assert "In this exercise you are the care coordinator." in page.text
    done = page.hrefs("/gedaan/")[0]
    form = browser.get(done).form(has="happened_on")
    lines = form.options("pick")
    page = browser.send(
        form, pick=lines[:1], ground="safety", consent="not_asked", consent_reason=WHY, finding="immediate_danger"
    )
    assert "New." in page.text, "what was told brought new steps"
    page = browser.get("/oefenen/casus/")
    form = page.form(has="text")
    page = browser.send(form, text="Een notitie in de oefening.")
    assert "Een notitie in de oefening." in page.text
    follow = browser.get("/oefenen/opvolging/")
    assert "This is what the principal would see." in follow.text
    assert STORY not in follow.text
    page = close(browser)
    assert "You practised it from the first word to the closing." in page.text
    page = browser.send(browser.get("/oefenen/casus/heropenen/").form(has="reason"), reason=WHY)
    assert "Reopened" in page.text


def test_every_page_of_it_says_that_it_is_an_exercise_and_leads_to_nothing_real(me: Browser) -> None:
    for path in ("", "melden/"):
        marked(me.get(f"/oefenen/{path}"))
    write(me)
    marked(me.get("/oefenen/vragen/"))
    send(me)
    page = take(me)
    links = [*page.hrefs("/gedaan/")[:1], *page.hrefs("/niet-doen/")[:1], *page.hrefs("/belblad/")[:1]]
    assert len(links) == 3
    for path in (*(f"/oefenen/{path}" for path in PAGES), *links):
        assert marked(me.get(path)).path == path


def marked(page: Page) -> Page:
    assert page.text.count(MARK) >= 2, "on the screen and on paper"
    assert "<title>Exercise – " in page.html
    calls = {href for href, _text in page.links if href.startswith(("tel:", "mailto:"))}
    assert calls <= {"tel:112"}, "nobody is called by a tap; only 112 never stands in the way"
    for form in page.forms:
        assert form.action.startswith(("/oefenen/", "/taal/", "/uitloggen/", "/accounts/logout")) or not form.action
    assert "practising" in page.html, "by which the script that keeps words knows it"
    by_itself = re.findall(r'(?:data-draft|hx-post|hx-get)="([^"]*)"', page.html)
    assert all(path.startswith("/oefenen/") for path in by_itself), "what a page sends by itself stays there too"
    return page


def test_no_real_page_wears_the_mark(world: World, login: Any, me: Browser) -> None:
    rehearse(me)
    real = send_real(world.author, typed(world))
    for path in ("/mijn-meldingen/", "/zorg/nieuw/", f"/zorg/{real.reference}/"):
        page = me.get(path)
        assert MARK not in page.text
        assert "Exercise" not in page.html.partition("</title>")[0]


def test_112_stays_first_and_a_call_is_only_pretended(me: Browser, world: World) -> None:
    page = me.get("/oefenen/melden/")
    assert page.html.index('href="tel:112"') < page.html.index('id="concern"')
    assert "Real danger, now? Then call. Not for the exercise." in page.text
    me.send(page.form(id="concern"), "called")
    assert kept(world).called_112_at
    assert not Draft.objects.exists()
    page = send(me, {"immediate_danger": "yes"})
    assert "In the exercise you called at" in page.text
    assert "tel:112" in {href for href, _text in page.links}
    assert load_state(world, "emergency_112") == "done"


def load_state(world: World, recipient: str) -> str:
    rows = kept(world).rows
    return next(row["fields"]["state"] for row in rows if row["fields"].get("recipient") == recipient)


def test_the_people_are_invented_and_found_while_one_types(me: Browser) -> None:
    assert "Fenna Oefening" in me.get("/oefenen/melden/").text, "nobody knows their names beforehand"
    typed = {"person_query": "nepnaam", "subject_role": "staff"}
    response = me.client.post("/oefenen/melden/", typed, headers={"HX-Request": "true"})
    found = response.content.decode()
    assert ("Kim Nepnaam" in found, "Fenna" in found, "<html" in found) == (True, False, False)
    assert not Rehearsal.objects.exists()


def test_what_was_forgotten_stays_on_the_page_and_a_second_click_does_nothing(me: Browser, world: World) -> None:
    form = me.get("/oefenen/melden/").form(id="concern")
    page = me.send(form, "continue", expect=422, observed=STORY)
    assert STORY in page.html
    send(me)
    before = kept(world).rows
    me.post("/oefenen/vragen/", {"action": "send", "departure": "under_way"})
    page = me.post("/oefenen/melden/", {"action": "continue", "observed": "Anders"})
    assert "Begin again to write another report." in page.text
    assert kept(world).rows == before


def test_a_real_report_can_not_be_sent_into_it_nor_the_other_way_round(me: Browser, world: World) -> None:
    """Each form names people that the other side does not know; the words stay where they were typed."""
    real = typed(world, observed="Een echte zorg.")
    page = me.post("/oefenen/melden/", real | {"action": "continue"}, expect=422)
    assert "Een echte zorg." in page.html
    assert not Rehearsal.objects.exists()
    page = me.post("/zorg/nieuw/", real | {"person": "pupil:P1", "action": "continue"}, expect=422)
    assert "Een echte zorg." in page.html
    assert not Signal.objects.exists()


def test_what_proves_to_be_real_becomes_a_draft_without_the_invented_people(me: Browser, world: World) -> None:
    page = write(me, observed="Dit is echt gebeurd.")
    me.send(page.form(id="check"), "called")
    page = me.get("/oefenen/")
    form = next(form for form in page.forms if any(one.value == "real" for one in form.controls))
    page = me.send(form, "real")
    draft = Draft.objects.get(author=world.author)
    assert page.path == f"/zorg/concept/{draft.reference}/"
    assert "Dit is echt gebeurd." in page.html
    assert MARK not in page.text
    assert (draft.called_112_at, draft.data.get("person"), draft.data["concern"]) == (None, None, "departure")
    assert not Rehearsal.objects.exists()


def test_throwing_it_away_leaves_nothing_but_an_event_in_the_own_log(me: Browser, world: World, login: Any) -> None:
    rehearse(me)
    page = me.get("/oefenen/")
    form = next(form for form in page.forms if any(one.value == "clear" for one in form.controls))
    me.send(form, "clear")
    assert not Rehearsal.objects.exists()
    events = AuditEvent.objects.filter(action__startswith="practice.")
    assert {event.action for event in events} == {"practice.started", "practice.changed", "practice.cleared"}
    assert {(event.board_ref, event.school_ref, event.case_ref) for event in events} == {("", "", "")}
    assert "threw an exercise away" in me.get("/logboek/").text
    for who in ("principal", "privacy_officer", "administrator", "coordinator"):
        assert "an exercise" not in Browser(login(world.people[who])).get("/logboek/").text


def test_it_is_ones_own_and_of_another_one_there_is_no_trace(me: Browser, world: World, login: Any) -> None:
    send(me)
    step = take(me).hrefs("/gedaan/")[0]
    for who in ("teacher", "coordinator", "principal", "board_officer"):
        other = Browser(login(world.people[who]))
        assert other.get("/oefenen/casus/").path == "/oefenen/"
        assert other.get("/oefenen/").hrefs("/oefenen/melden/"), "a new one of their own"
        assert other.get(step, expect=404).status == 404
    assert AuditEvent.objects.filter(action="access.refused", object_type="practice").count() == 4
    for who in ("privacy_officer", "administrator"):
        login_as = Browser(login(world.people[who]))
        login_as.get("/oefenen/", expect=404)


def test_what_nobody_came_back_to_is_gone_after_thirty_days(me: Browser, world: World, login: Any) -> None:
    write(me)
    Rehearsal.objects.update(updated_at=timezone.now() - timedelta(days=31))
    write(Browser(login(world.teacher)))
    assert list(Rehearsal.objects.values_list("by", flat=True)) == [world.teacher.pk]


def test_what_an_upgrade_can_not_read_any_more_can_be_begun_again(me: Browser, world: World) -> None:
    rehearse(me)
    exercise = Rehearsal.objects.get()
    exercise.rows = [{"model": "signals.gone", "pk": -1, "fields": {}}]
    exercise.save()
    for path in ("", *PAGES[1:], "melden/"):
        page = me.get(f"/oefenen/{path}")
        assert page.path == "/oefenen/"
    form = next(form for form in page.forms if any(one.value == "clear" for one in form.controls))
    assert me.send(form, "clear").hrefs("/oefenen/melden/")


def test_rules_that_are_gone_are_said_and_not_guessed(me: Browser, world: World) -> None:
    send(me)
    take(me)
    exercise = kept(world)
    signal = next(row for row in exercise.rows if row["model"] == "signals.signal")
    signal["fields"]["protocol"] = "1999-01"
    exercise.save()
    page = me.get("/oefenen/casus/antwoorden/")
    assert page.path == "/oefenen/casus/"
    assert "not installed any more" in page.text


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tables() -> dict[str, str]:
    """Every row of every table of the product but the exercises and the log."""
    found = {}
    for label in ("accounts", "escalation", "signals"):
        for model in apps.get_app_config(label).get_models():
            found[model.__name__] = serializers.serialize("json", model._default_manager.order_by("pk"))
    return {name: rows for name, rows in found.items() if name not in ("Rehearsal", "KnownBrowser")}


MINE = ("/mijn-meldingen/", "/gedeeld/", "/zorg/nieuw/", "/zorg/papier/", "/logboek/")
SHOWN = {
    "teacher": MINE,
    "coordinator": (*(f"/werkplek/?tab={tab}" for tab in ("new", "mine", "open", "closed")), "/contacten/nalopen/"),
    "principal": (
        "/opvolging/",
        "/opvolging/?tab=closed",
        "/logboek/",
        "/logboek/logboek.csv",
        "/noodtoegang/nakijken/",
    ),
    "board_officer": ("/werkplek/?tab=new", "/werkplek/?tab=open", "/logboek/"),
    "privacy_officer": ("/logboek/", "/logboek/logboek.csv", "/logboek/wie-kon-wat/"),
    "administrator": ("/mensen/", "/contacten/", "/contacten/nalopen/", "/schoolkalender/", "/logboek/"),
}
SEARCHES = (
    *(("/casus/zoeken/", {"q": word}) for word in ("Fenna", "OEFENING", "naar een oorlog")),
    *(("/zorg/personen/", {"person_query": word, "subject_role": "pupil"}) for word in ("Fenna", "Oefening")),
    ("/zorg/personen/", {"person_query": "Nepnaam", "subject_role": "staff"}),
)


def everything_shown(clients: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Each list, count, search, log and export as each role gets it, without what differs for every request."""
    found = {}
    for who, client in clients.items():
        searches = SEARCHES if who in ("coordinator", "principal", "board_officer") else ()
        for path, data in [*((path, None) for path in SHOWN[who]), *searches]:
            with undone():
                response = client.get(path) if data is None else client.post(path, data)
                text = response.content.decode(errors="replace")
            assert response.status_code == 200, path
            found[who, f"{path} {data}"] = re.sub(
                r'csrfmiddlewaretoken" value="\w+"|name="(?:key|page)" value="[^"]+"', "", text
            )
    return found


def test_practising_changes_no_list_count_search_log_mail_or_figure(world: World, login: Any) -> None:
    case_take(by=world.coordinator, case=send_real(world.author, typed(world)).case)
    send_real(world.author, typed(world, subject_role="staff", person=f"staff:{world.subject.reference}"))
    writer, colleague = login(world.author), login(world.subject)
    with time_machine.travel(timezone.now(), tick=False):
        clients = {who: login(world.people[who]) for who in SHOWN}
        rows, shown = tables(), everything_shown(clients)
        rehearse(Browser(writer))
        send(Browser(colleague), {"immediate_danger": "yes"}, person="staff:S1", subject_role="staff")
        assert Rehearsal.objects.count() == 2
        assert tables() == rows
        again = everything_shown(clients)
    assert [key for key in shown if shown[key] != again[key]] == []


def test_no_command_does_anything_with_it(world: World, login: Any) -> None:
    send(Browser(login(world.author)), {"immediate_danger": "yes"})
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        call_command("contacts_remind")
        call_command("mail_send")
        rows, sent = tables(), len(mail.outbox)
        call_command("nobody_acted")
        call_command("contacts_remind")
        call_command("mail_send")
        assert tables() == rows
    assert len(mail.outbox) == sent


def test_answers_that_change_nothing_are_not_called_recorded(me: Browser, world: World) -> None:
    send(me)
    take(me)
    form = me.get("/oefenen/casus/antwoorden/").form(has="reason")
    page = me.send(form, expect=422, reason=WHY)
    assert "Nothing changes by this, so nothing was recorded." in page.text
    assert WHY in page.html
    page = me.send(page.form(has="reason"), immediate_danger="yes")
    assert "Recorded. The steps have been looked at again." in page.text
    form = me.get("/oefenen/casus/antwoorden/").form(has="reason")
    assert "Recorded." in me.send(form, reason=WHY).text, "a second click"


def test_two_clicks_that_it_is_real_make_one_draft(me: Browser, world: World) -> None:
    write(me)
    kept = Rehearsal.objects.get()
    assert (kept.data, kept.answers, kept.rows) is not None, "opened"
    me.post("/oefenen/", {"action": "real"})
    Rehearsal.objects.bulk_create([kept])  # as the second click saw it
    me.post("/oefenen/", {"action": "real"})
    assert Draft.objects.count() == 1
