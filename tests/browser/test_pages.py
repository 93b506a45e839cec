"""Every page of every role as axe sees it, light and dark, on a phone and on a desk; and a thumb can hit everything.

Each group opens its pages once and looks at them in all four ways, so that the whole stays quick.
"""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.hours import Hours
from accounts.models import BackgroundJob, OutgoingMail, Pupil, User
from audit.actions import Action
from audit.keys import SEAL, create_keys
from audit.record import record
from audit.sealer import seal
from escalation.models import Contact
from escalation.services.calendar import calendar_save, closing_add
from schoolsafety.away import away
from signals.about import involved
from signals.casepeople import people_in
from signals.dossier.services.preparing import dossier_words
from signals.models import BreakGlass, Case, Dossier, Signal
from signals.services.cases import case_close, case_note, case_take, story_open
from signals.services.drafts import draft_save
from signals.services.glass import glass_break, glass_review
from signals.services.persons import Newcomer, person_add, person_remove
from signals.services.sending import signal_add
from signals.services.shares import share_end
from signals.services.steps import step_decline
from signals.services.transfers import case_merge
from signals.services.walls import case_wall
from tests.agreeing import agree, agreed, off, proposal, propose
from tests.browser.acts import second_page, write
from tests.browser.looks import look
from tests.conftest import World, join, person, send, typed
from tests.dossiers import begun, kept
from tests.filing import keep
from tests.handing import away as absent
from tests.handing import make_task, meet
from tests.handing import propose as ask_over
from tests.practice import practised
from tests.sharing import share

LONG = "Meervoudigepersoonlijkheidsontwikkelingsbegeleidingsplanbespreking" * 3
WHY = f"Besproken met het zorgteam op maandag: {LONG}."
SUBMIT = "main form button[type=submit]"
UNFOLD = "() => document.querySelectorAll('main details').forEach(fold => { fold.open = true; })"


class Tour:
    """Goes past pages and remembers what is wrong with each."""

    def __init__(self, page: Page) -> None:
        self.page, self.problems = page, list[str]()

    def see(self, name: str, path: str = "", act: Callable[[Page], Any] | None = None, wait: str = "") -> None:
        """Open an address, perhaps do something there, and look.

        What leads to another page, or fills in a part of this one later, says in `wait` what comes: it may not be there
        yet. All else stays on the page, so that never the page before it is looked at.
        """
        if path:
            self.page.goto(path)
        if act:
            self.do(name, act, wait)
        if wait:
            self.page.locator(wait).first.wait_for()
            self.page.wait_for_load_state()
        self.problems += look(self.page, name)
        if act and not wait and not self.page.evaluate("() => window.stayed === true"):
            self.problems.append(f"{name}: led to another page, and does not wait for it")

    def do(self, name: str, act: Callable[[Page], Any], wait: str) -> None:
        if wait and self.page.locator(wait).count():
            self.problems.append(f"{name}: waits for {wait}, which was there before")
        self.page.evaluate("() => { window.stayed = true; }")
        act(self.page)

    def errors(self, name: str, path: str, button: str = SUBMIT) -> None:
        """Send the form of a page empty."""
        self.see(f"{name}-errors", path, lambda page: page.locator(button).last.click(), "#error-summary")


def done(*tours: Tour) -> None:
    if problems := [problem for found in tours for problem in found.problems]:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def tour(page_for: Any) -> Callable[[User | None], Tour]:
    return lambda user: Tour(page_for(user, width=1280))


@pytest.fixture
def desk(world: World) -> dict[str, Signal]:
    """A report in each state: new, taken with much in it, ready to close, closed, and one behind the wall."""
    found = {
        "new": send(world.author, typed(world, concern="departure", observed=LONG)),
        "same": send(world.author, typed(world)),
        "taken": send(world.author, typed(world, concern="departure", told=LONG, opinion="Zorg", against="Niets")),
        "ready": send(world.author, typed(world)),
        "closed": send(world.author, typed(world, concern="sexual")),
    }
    staff = typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    found["walled"] = send(world.author, staff)
    for name in ("taken", "ready", "closed"):
        case_take(by=world.coordinator, case=found[name].case)
    taken = Case.objects.get(pk=found["taken"].case.pk)
    case_note(by=world.coordinator, case=taken, text=LONG, key="9b0d7d0e-3a3c-4b8b-9c7e-000000000001")
    signal_add(by=world.author, signal=found["taken"], text=LONG, key="9b0d7d0e-3a3c-4b8b-9c7e-000000000002")
    keep(taken, world.coordinator, LONG[:100])
    done = taken.steps.filter(state="open").first()
    assert done
    step_decline(by=world.coordinator, step=done, reason=WHY, applies=True)
    for name in ("ready", "closed"):
        for step in found[name].case.steps.filter(state="open"):
            step_decline(by=world.coordinator, step=step, reason=WHY, applies=name == "closed")
    case_close(by=world.coordinator, case=found["closed"].case, outcome="resolved", reason=WHY)
    return found


def url(name: str, found: Signal) -> str:
    own = ("signal",)
    return reverse(f"signals:{name}", args=[found.reference if name in own else found.case.reference])


def test_visitor(tour: Any) -> None:
    found = tour(None)
    found.see("login", reverse("account_login"))
    login = reverse("account_login")
    found.errors("login", login, f"form[action='{login}'] button.btn-primary")
    found.see("reset", reverse("account_reset_password"))
    found.errors("reset", reverse("account_reset_password"))
    found.see("reset-sent", reverse("account_reset_password_done"))
    found.see("reset-old-link", reverse("account_reset_password_from_key", args=["1", "abc-def"]))
    found.see("reset-done", reverse("account_reset_password_from_key_done"))
    found.see("404-visitor", "/bestaat/niet/")
    done(found)


def test_the_database_away(world: World, tour: Any) -> None:
    """As the server gives it (tests/faults makes it do so), here only to be looked at."""
    found, sent = tour(world.author), typed(world, observed=WHY, told="Hij gaat weg.\r\nMorgen.", action="save")
    for name, request in (
        ("get", RequestFactory().get("/weg/")),
        ("post", RequestFactory().post("/zorg/nieuw/", sent)),
    ):
        request._dont_enforce_csrf_checks = True
        body = away(request, None).content
        found.page.route("**/weg/", lambda route, *, body=body: route.fulfill(body=body, content_type="text/html"))
        found.see(f"away-{name}", "/weg/")
    done(found)


def test_new_teacher(world: World, tour: Any) -> None:
    """Nothing sent yet, and the form in all its states."""
    found = tour(world.author)
    new = reverse("signals:signal-new")
    found.see("mine-empty", reverse("signals:mine"))
    found.see("form", new)
    found.errors("form", new, "main [name=action][value=continue]")
    found.see("form-nobody", new, lambda page: page.locator("[name=person_query]").fill("xxxx"), "#person-results p")
    found.see("form-found", new, write)
    practised(world.author, typed(world, person="pupil:P1", concern="departure", observed=LONG))
    found.see("practice", reverse("signals:practice"))
    found.see("practice-report", reverse("signals:practice-report"))
    done(found)


def test_teacher_sends(world: World, desk: Any, tour: Any) -> None:
    draft_save(by=world.author, draft=None, data=typed(world))
    found = tour(world.author)
    send_button = "main [name=action][value=send]"
    found.see("check", act=second_page, wait=send_button)
    found.see("signal-sent", act=lambda page: page.locator(send_button).click(), wait="article.step")
    found.see("signal-many-steps", url("signal", desk["taken"]))
    found.errors("signal", url("signal", desk["taken"]), "form[data-keep] button[type=submit]")
    found.errors("signal-file", reverse("signals:signal-file-add", args=[desk["taken"].reference]))
    found.see("mine-full", reverse("signals:mine"))
    found.see("menu", reverse("signals:mine"), lambda page: page.locator("details.menu summary").click())
    done(found)


def test_searching_for_a_case(world: World, desk: Any, tour: Any) -> None:
    handler, follower = tour(world.coordinator), tour(world.principal)
    search = reverse("signals:case-search")

    def look_for(words: str) -> Callable[[Page], None]:
        def act(page: Page) -> None:
            page.locator("[name=q]").fill(words)
            page.locator("[name=q]").press("Enter")

        return act

    handler.see("search", search)
    handler.errors("search", search, "#case-search button")
    handler.see("search-found", search, look_for("noor"), ".case-row")
    handler.see("search-nothing", search, look_for("xxxx"), ".empty")
    follower.see("search-follower", search, look_for("noor"), ".empty")
    done(handler, follower)


def test_asking_what_somebody_could_read(world: World, desk: Any, tour: Any) -> None:
    board, day = world.board.reference, timezone.localdate()
    details = {"role": "coordinator", "starts": day.isoformat()}
    ref, school = world.coordinator.reference, world.school.reference
    record(Action.ROLE_GRANTED, board=board, school=school, kind="user", ref=ref, details=details)
    found = tour(world.privacy_officer)
    path = reverse("signals:readable")
    found.see("readable", path)
    found.errors("readable", path, "main [value=ask]")
    found.see(
        "readable-nobody", path, lambda page: page.locator("[name=person_query]").fill("xxxx"), "#person-results p"
    )
    found.see(
        "readable-people", path, lambda page: page.locator("[name=person_query]").fill("coord"), "#person-results label"
    )
    page = found.page
    page.locator("#person-results label").first.click()
    page.locator("main [value=ask]").click()
    found.see("readable-answer", wait=".could")
    assert page.url.endswith("/wie-kon-wat/#answer")
    done(found)


def test_doors_of_a_teacher(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.teacher)
    found.see("403", reverse("signals:desk"))
    found.see("404", url("case", desk["new"]))
    found.see("password", reverse("account_change_password"))
    found.errors("password", reverse("account_change_password"))
    found.see("logout", reverse("account_logout"))
    found.see("trail-own", reverse("signals:trail"))
    found.see("protocol", reverse("escalation:protocol"), lambda page: page.evaluate(UNFOLD))
    found.see("hidden", act=lambda page: page.locator("[data-hide-screen]").click())
    done(found)


def test_paper(world: World, tour: Any) -> None:
    """The blank form, which prints on two pages, and typing one that was filled in; a report without a name."""
    found = tour(world.author)
    found.see("paper", reverse("signals:paper"))
    assert len(re.findall(rb"/Type\s*/Page[^s]", found.page.pdf(prefer_css_page_size=True))) == 2
    found.see("form-paper", reverse("signals:signal-new") + "?paper=1")
    found.errors("form-paper", "", "main [name=action][value=continue]")
    kept = draft_save(by=world.author, draft=None, data=typed(world, concern="radicalisation"))
    answers = {"expression_only": "yes", "departure": "none"}
    draft_save(by=world.author, draft=kept, answers=answers)
    found.see("check-unnamed", reverse("signals:draft-check", args=[kept.reference]))
    found.errors("check-unnamed", "", "main [name=action][value=send]")
    both = person("two_papers")
    join(both, "teacher", world.school)
    join(both, "teacher", world.sister_school)
    teacher = tour(both)
    teacher.see("paper-two-schools", reverse("signals:paper"))
    done(found, teacher)


def test_agreements(world: World, tour: Any) -> None:
    """What a board agrees itself: proposing, looking at it as the second person, and the table with it."""
    agreed(world)
    agree(world.coordinator, world.board_officer, world.board, off("R23", "principal"))
    row = propose(world.coordinator, world.board, proposal(conditions=(("concern", "weapon"),), why_nl=WHY))
    found = tour(world.board_officer)
    found.see("agreements", reverse("escalation:own-steps"))
    found.see("agreement", reverse("escalation:own-step", args=[row.reference]))
    found.see("agreement-stop", reverse("escalation:own-step-stop", args=[row.reference]))
    found.errors("agreement-new", reverse("escalation:own-step-new"))

    def switch_off(page: Page) -> None:
        page.locator("[name=what][value=off]").check()
        page.locator("[name=why_nl]").fill(WHY)
        page.locator(SUBMIT).last.click()

    change = reverse("escalation:own-step-change")
    found.see("agreement-refused", f"{change}?stap=R03:police_contact", switch_off, "#error-summary")
    found.see("agreement-preview", f"{change}?stap=R26:board", switch_off, "#consequences")
    found.see("protocol-agreed", reverse("escalation:protocol"), lambda page: page.evaluate(UNFOLD))
    done(found)


def test_desk(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.coordinator)
    found.see("desk", reverse("signals:desk"))
    for tab in ("mine", "waiting&filters=1", "new&several=1", "open&owner=me&status=x"):
        found.see(f"desk-{tab[:7]}", reverse("signals:desk") + f"?tab={tab}")
    found.errors("filter", reverse("signals:filter-save") + "?tab=open&owner=me", "#filter-name button")
    found.see("trail", reverse("signals:trail"))
    done(found)


def test_cases(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.coordinator)
    unfold = "() => document.querySelectorAll('main details').forEach(fold => { fold.open = true; })"
    found.see("case-new", url("case", desk["new"]), lambda page: page.evaluate(unfold))
    found.see("case-taken", url("case", desk["taken"]))
    found.see("case-unfolded", act=lambda page: page.evaluate(unfold))
    found.errors("case-note", url("case", desk["taken"]), "#note button[type=submit]")
    found.see("case-closed", url("case", desk["closed"]))
    done(found)


def test_forms_of_a_case(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.coordinator)
    found.see("close-blocked", url("case-close", desk["taken"]))
    found.see("close", url("case-close", desk["ready"]))
    found.errors("close", url("case-close", desk["ready"]))
    found.errors("reopen", url("case-reopen", desk["closed"]))
    file = desk["taken"].case.files.latest("pk")
    found.see("file-remove", reverse("signals:file-remove", args=[file.case.reference, file.reference]))
    found.errors("move", reverse("signals:case-move", args=[desk["taken"].case.reference, "escalated"]))
    case_merge(by=world.coordinator, case=desk["same"].case, into=desk["taken"].case, reason=WHY, key=uuid4())
    found.errors("reports", url("case-reports", desk["taken"]), SUBMIT + ".btn-primary")
    done(found)


def test_people_who_were_added(world: World, desk: Any, tour: Any) -> None:
    """With a long name; found while typing, taken out, and the view of one of them."""
    found, case = tour(world.coordinator), Case.objects.get(pk=desk["taken"].case.pk)
    for whom in (Newcomer(description=f"{LONG} uit de straat"), Newcomer(user=world.teacher)):
        person_add(by=world.coordinator, case=case, newcomer=whom, role="harmed", key=str(uuid4()))
    _first, described, colleague = involved(people_in(case))
    view = reverse("signals:case-person", args=[case.reference, colleague.reference])
    found.see("person-added", view, lambda page: page.evaluate(UNFOLD))
    found.see("case-with-added", url("case", desk["taken"]), lambda page: page.evaluate(UNFOLD))
    for one in (described, colleague):
        person_remove(by=world.coordinator, case=case, person=one)
    new = url("case-person-add", desk["taken"])
    found.see("person-add", new)
    found.see("person-found", act=lambda page: page.locator("[name=person_query]").fill("noor"), wait="#person-1")
    found.see("person-nobody", new, lambda page: page.locator("[name=person_query]").fill("xx"), "#person-results p")
    found.errors("person-add", new, SUBMIT + ".btn-primary")
    found.see("person-not-in-hand", url("case-person-add", desk["new"]))
    done(found)


def test_sharing(world: World, desk: Any, tour: Any) -> None:
    """With long names and reasons; what was shared, full and empty; and the case as the reader sees it."""
    found, case = tour(world.coordinator), Case.objects.get(pk=desk["taken"].case.pk)
    share(case, world.coordinator, world.author, "contribute", reason=WHY)
    share(case, world.coordinator, world.principal, days=-1)
    share_end(by=world.coordinator, share=share(case, world.coordinator, world.sister_coordinator))
    unfold = "() => document.querySelectorAll('main details').forEach(fold => { fold.open = true; })"
    found.see("case-shared", url("case", desk["taken"]), lambda page: page.evaluate(unfold))
    new = url("case-share", desk["taken"])
    found.see("share", new)
    found.see("share-found", act=lambda page: page.locator("[name=colleague_query]").fill("er"), wait="#colleague-1")
    found.see(
        "share-nobody", new, lambda page: page.locator("[name=colleague_query]").fill("xx"), "#colleague-results p"
    )
    found.errors("share", new)
    found.see("share-not-in-hand", url("case-share", desk["new"]))
    found.see("close-shared", url("case-close", desk["taken"]))
    reader = tour(world.author)
    reader.see("shared", reverse("signals:shared"))
    reader.see("case-of-a-reader", url("case", desk["taken"]))
    over = tour(world.principal)
    over.see("shared-over", reverse("signals:shared"))
    done(found, reader, over)


def test_dossiers(world: World, desk: Any, tour: Any) -> None:
    """Begun, with long words and with something to replace; being made, failed, ready and over; and a PDF to check."""
    found, case = tour(world.coordinator), Case.objects.get(pk=desk["taken"].case.pk)
    Pupil.objects.create(school=world.school, name="Bram Visser")
    told = "Bram Visser en Karim. K.J. mailde via pim@school.example of 06-12345678."
    case_note(by=world.coordinator, case=case, text=f"{told} {LONG}", key=str(uuid4()))
    row, ready = begun(case, world.coordinator, name=LONG[:150], post=LONG), kept(case, world.coordinator)
    dossier_words(by=world.coordinator, dossier=row, words={"zorg": "new", "niets": "leave"})
    new = url("dossier-new", desk["taken"])
    found.see("dossier-new", new)
    found.errors("dossier-new", new, SUBMIT + ".btn-primary")
    found.see("dossier-not-taken", url("dossier-new", desk["new"]))
    found.see("dossier-parts", reverse("signals:dossier-parts", args=[row.reference]))
    found.see("dossier-look", reverse("signals:dossier-look", args=[row.reference]))
    found.errors("dossier-look", "", "main form button[value=word]")
    page = reverse("signals:dossier", args=[ready.reference])
    found.see("dossier-ready", page)
    made = {"stored": "", "sealed_with": None}
    Dossier.objects.filter(pk=ready.pk).update(state="over", ended_at=timezone.now(), **made)
    found.see("dossier-over", page)
    Dossier.objects.filter(pk=ready.pk).update(state="making", ended_at=None, made_at=None, **made)
    found.see("dossier-failed", page)
    job = BackgroundJob.objects.create(name="dossier.pdf", ids=[ready.pk])
    Dossier.objects.filter(pk=ready.pk).update(job=job, steps=2)
    found.see("dossier-making", page)
    found.see("dossier-check", reverse("signals:dossier-check"))
    file = {"name": "brief.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    found.see(
        "dossier-checked",
        act=lambda at: (at.set_input_files("[name=file]", file), at.click(SUBMIT)),
        wait="[role=status] .aside",
    )
    done(found)


def test_handing_over_tasks_and_meetings(world: World, desk: Any, tour: Any) -> None:
    """Of the receiver, who stands in as well."""
    second = person("tweede")
    join(second, "coordinator", world.school)
    case = Case.objects.get(pk=desk["taken"].case.pk)
    ask_over(case, world.coordinator, second, text=WHY)
    absent(world.coordinator, second, world.school)
    task = make_task(case, world.coordinator, second, text=LONG, due_on=timezone.localdate() - timedelta(days=2))
    held = meet(case, world.coordinator, text=LONG)
    coming = meet(case, world.coordinator, starts_at=timezone.now() + timedelta(days=2))
    found = tour(second)
    found.see("desk-work", reverse("signals:desk"))
    found.see("case-work", url("case", desk["taken"]))
    found.see("hand-over-answer", url("hand-over-answer", desk["taken"]))
    found.errors("task", url("task-new", desk["taken"]))
    found.see("task-end", reverse("signals:task-end", args=[task.reference]))
    found.see("meeting-new", url("meeting-new", desk["taken"]))
    found.see("meeting", reverse("signals:meeting", args=[held.reference]))
    found.see("meeting-move", reverse("signals:meeting-move", args=[coming.reference]))
    found.errors("absences", reverse("signals:absences"))
    done(found)


def test_forms_of_a_step(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.coordinator)
    steps = desk["taken"].case.steps
    step, settled = steps.filter(state="open").first(), steps.filter(state="declined").first()
    record = reverse("signals:step-done", args=[step.reference])
    found.see("step-done", record)
    empty = "() => document.querySelectorAll('main input:not([type=hidden])').forEach(one => { one.value = ''; })"
    found.see(
        "step-done-errors",
        record,
        lambda page: (page.evaluate(empty), page.locator(SUBMIT).click()),
        "#error-summary",
    )
    found.errors("step-decline", reverse("signals:step-decline", args=[step.reference]))
    found.see("step-reopen", reverse("signals:step-reopen", args=[settled.reference]))
    found.see("step-sheet", reverse("signals:step-sheet", args=[step.reference]))
    found.see("case-facts", url("case-facts", desk["taken"]))
    found.errors("case-facts", url("case-facts", desk["taken"]))
    done(found)


def test_principal(world: World, desk: Any, tour: Any) -> None:
    found = tour(world.principal)
    found.see("followup", reverse("signals:followup"))
    found.see("followup-late", reverse("signals:followup") + "?tab=overdue")
    join(world.principal, "principal", world.sister_school)
    found.see("followup-filter", reverse("signals:followup") + "?tab=open&undone=yes&school=onzin")
    found.see("followup-case", url("followup-case", desk["taken"]))
    found.see("followup-case-closed", url("followup-case", desk["closed"]))
    found.see("story-reason", url("story", desk["taken"]))
    found.errors("story-reason", url("story", desk["taken"]))
    story_open(by=world.principal, case=desk["taken"].case, reason=WHY)
    found.see("story", url("story", desk["taken"]))
    done(found)


def test_walls(world: World, desk: Any, tour: Any) -> None:
    """Putting one up, handling what is behind it, taking it over and down; and a report that nobody could read."""
    found = tour(world.coordinator)
    found.see("wall", url("case-wall", desk["taken"]))
    found.errors("wall", url("case-wall", desk["taken"]))
    case_wall(by=world.coordinator, case=desk["taken"].case, reason=WHY, keeper=world.principal)
    keeper = tour(world.principal)
    keeper.see("followup-named", reverse("signals:followup"))
    keeper.see("case-take-over", url("case", desk["taken"]))
    keeper.see("unwall", url("case-unwall", desk["taken"]))
    keeper.errors("unwall", url("case-unwall", desk["taken"]))
    writer = tour(world.author)
    about = typed(world, subject_role="staff", person=f"staff:{world.board_officer.reference}", concern="sexual")
    kept = draft_save(by=world.author, draft=None, data=about)
    writer.see("check-nobody", reverse("signals:draft-check", args=[kept.reference]))
    done(found, keeper, writer)


def test_glass(world: World, desk: Any, tour: Any) -> None:
    """Opening a case by its number, what that looks like, and looking into it."""

    def number(reference: str) -> Callable[[Page], None]:
        def fill(page: Page) -> None:
            page.locator("[name=reference]").fill(reference)
            page.locator("[name=reason]").fill(WHY)
            page.locator(SUBMIT).last.click()

        return fill

    found = tour(world.sister_coordinator)
    found.see("glass-break", reverse("signals:glass-break"))
    found.errors("glass-break", reverse("signals:glass-break"))
    found.see("glass-break-no", reverse("signals:glass-break"), number("2222-2222-22"), "#error-summary")
    found.see("glass-opened", "", number(desk["taken"].case.reference.lower()), ".glass-banner")
    glass_break(by=world.board_officer, case=desk["ready"].case, reason=WHY)
    principal = tour(world.principal)
    principal.see("followup-glass", reverse("signals:followup"))
    principal.see("glass", reverse("signals:glass"))
    waits = BreakGlass.objects.get(by=world.board_officer)
    principal.see("glass-review", reverse("signals:glass-review", args=[waits.reference]))
    principal.errors("glass-review", reverse("signals:glass-review", args=[waits.reference]))
    glass_review(by=world.principal, glass=waits, review=WHY)
    principal.see("glass-reviewed", reverse("signals:glass"))
    principal.see("trail-glass", reverse("signals:trail"))
    owner = tour(world.coordinator)
    owner.see("case-glass", url("case", desk["taken"]))
    done(found, principal, owner)


def test_contacts(world: World, tour: Any) -> None:
    found = tour(world.principal)
    found.see("contacts", reverse("escalation:contacts"))
    edit = reverse("escalation:contact-edit", args=[world.school.reference, "police_contact"])
    found.see("contact", edit)
    missing = reverse("escalation:contact-edit", args=[world.school.reference, "anti_bullying_coordinator"])
    found.errors("contact", missing)
    Contact.objects.update(checked_on=timezone.localdate() - timedelta(days=200))
    found.see("contacts-due", reverse("escalation:contacts-due"))
    where = [world.school.reference]
    found.see("calendars", reverse("escalation:calendars"))
    found.errors("calendar", reverse("escalation:calendar-edit", args=where))
    found.errors("closing", reverse("escalation:closing-add", args=where))
    calendar_save(by=world.principal, school=world.school, region="noord", hours=Hours({0: (time(8), time(17))}))
    today = timezone.localdate()
    closing_add(by=world.principal, school=world.school, starts_on=today, ends_on=today, label=LONG[:60])
    found.see("calendar", reverse("escalation:calendar", args=where))
    signal = send(world.author, typed(world, concern="recruiting"))  # today the school is closed
    writer = tour(world.author)
    writer.see("signal-closed", reverse("signals:signal", args=[signal.reference]), wait=".step-closed")
    found.see("trail-principal", reverse("signals:trail"))
    done(found, writer)


def test_board(world: World, desk: Any, tour: Any) -> None:
    """Who handles what is behind the wall, who guards privacy, and who keeps the accounts."""
    found = tour(world.board_officer)
    found.see("board-desk", reverse("signals:desk"))
    found.see("board-walled", url("case", desk["walled"]))
    privacy = tour(world.privacy_officer)
    privacy.see("board-trail", reverse("signals:trail"))
    privacy.see("board-trail-nothing", reverse("signals:trail") + "?kind=exports&since=2020-01-01")
    privacy.see("log-check-unsealed", reverse("signals:trail-check"))
    create_keys((SEAL,))
    seal()
    privacy.see("log-check", reverse("signals:trail-check"))
    administrator = tour(world.administrator)
    administrator.see("board-contacts", reverse("escalation:contacts"))
    gone = {"failed_at": timezone.now(), "problem": "address"}
    for user in (world.teacher, world.author):
        OutgoingMail.objects.create(kind="case.shared", to=user, path="/", **gone)
    BackgroundJob.objects.create(name="tidy", state="failed", tries=6, problem="OSError", finished_at=timezone.now())
    administrator.see("board-post", reverse("accounts:post"))
    administrator.see("messages", reverse("accounts:messages"))
    administrator.see("messages-errors", act=without_a_time, wait="#error-summary")
    done(found, privacy, administrator)


def without_a_time(page: Page) -> None:
    page.locator("[name=quiet]").check()
    page.locator("[name=quiet_until]").fill("")
    page.locator(SUBMIT).last.click()


def test_empty_school(world: World, tour: Any) -> None:
    """On the first day there is nothing, and the pages say so. Somebody writes for two schools."""
    found = tour(world.coordinator)
    for tab in ("new", "mine", "open", "closed"):
        found.see(f"desk-empty-{tab}", reverse("signals:desk") + f"?tab={tab}")
    found.see("shared-empty", reverse("signals:shared"))
    principal = tour(world.principal)
    principal.see("followup-empty", reverse("signals:followup"))
    both = person("two_schools")
    join(both, "teacher", world.school)
    join(both, "teacher", world.sister_school)
    teacher = tour(both)
    teacher.see("form-two-schools", reverse("signals:signal-new"))
    done(found, principal, teacher)
