"""Sending a report: the report, its case, the person and the steps, all or nothing."""

import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kept import words_forget
from accounts.marks import Given
from accounts.models import Pupil, School, User
from accounts.newrows import new_row
from accounts.outbox import queue
from accounts.prepared import Prepared
from accounts.roles import Permission
from accounts.saving import row_check, row_remove, rows_insert
from audit.actions import Action
from escalation.deadlines import due_at
from escalation.engine import Advice, decide, is_walled
from escalation.entries import Protocol
from escalation.facts import Facts, facts_as_dict
from escalation.own import Term
from escalation.schooldays import Calendar
from escalation.selectors import calendar_of, table_of, terms_of
from signals import unnamed
from signals.answers import changed, facts_now, facts_of_writer
from signals.cards import is_due
from signals.errors import RuleError
from signals.events import case_event
from signals.mails import ADDED
from signals.models import Addition, Case, Draft, Named, Person, Signal, Step
from signals.models.signal import PersonRole
from signals.routing import route
from signals.services.facts import Answers, facts_add, is_grave
from signals.services.formkeys import arrived
from signals.services.news import tell_handlers
from signals.services.status import lock_case_of
from signals.services.steps import call_completes_step
from signals.services.thirds import tell_of_third

WRITE = (Permission.SIGNAL_WRITE,)
_ALREADY = Prepared(
    lambda: Signal.objects.filter(key=Given("key", CharField()), author=Given("author", BigIntegerField()))
)


class Written(typing.Protocol):
    """What was typed before sending: a draft, or an exercise."""

    reference: str
    called_112_at: datetime | None


@dataclass(frozen=True)
class Report:
    """Everything a filled-in form amounts to. Moments are local dates and times at the school."""

    school: School
    facts: Facts
    observed: str
    told: str
    opinion: str
    against: str
    happened_on: date
    happened_time: time | None
    happened_about: bool
    known_on: date
    known_time: time | None
    pupil: Pupil | None = None
    staff: User | None = None
    description: str = ""
    on_paper_by: User | None = None
    on_paper_by_name: str = ""
    on_paper_on: date | None = None
    on_paper_time: time | None = None
    unnamed: bool = False  # nobody's name is stored; only for what `unnamed.is_offered` allows


@transaction.atomic
def signal_send(*, by: User, draft: Draft, report: Report, terms: Sequence[Term] | None = None) -> Signal:
    """Send a draft once; sending the same draft again gives the same report.

    Args:
        by: the writer.
        draft: the draft; it is gone afterwards.
        report: the checked content.
        terms: what its board agreed; asked for where it is not given.

    Raises:
        RuleError: it goes past the school, and nobody at the board could read it; the name can't be left out; or it is
            about who wrote or typed it.
    """
    if not row_remove(draft) and (already := _sent_before(draft, by)):
        return already
    _check(report, by)
    named = _named(report)
    now, protocol = timezone.now(), table_of(terms_of(report.school.board_id) if terms is None else terms)
    case = case_from(report, now)
    signal = signal_from(report, draft, writer=by, case=case, protocol=protocol)
    steps = _steps(signal, report, protocol)
    signal.grave = is_grave(steps)
    # As refresh_due() would find it, known before anything is written.
    case.next_due_at = case.first_at = min((step.due_at for step in steps if is_due(step)), default=None)
    person = person_from(signal, report)
    for row in (case, signal, person):
        row_check(row)
    rows_insert([case], [signal], [person], steps)
    _open_by_name(case, named, now)
    case_event(
        Action.SIGNAL_SENT,
        case=case,
        by=by,
        to=WRITE,
        kind="signal",
        ref=signal.reference,
        # The school stands in the details too, because a walled case carries none and the writer reads at a school.
        details={"steps": len(steps), "protocol": signal.protocol, "at": signal.school.reference},
        # Who may not read it is needed to say later who could; it can be erased with the case.
        personal={"about": report.staff.reference} if report.staff else None,
    )
    if signal.called_112_at:
        call_completes_step(signal=signal, by=by, at=signal.called_112_at)
    tell_of_third(signal, case, report.pupil)
    _forget_search(by, draft, report)
    return signal


def _forget_search(by: User, draft: Draft, report: Report) -> None:
    """Of a report without a name, what was looked for is gone as well."""
    if report.unnamed:
        words_forget(by=by, key=draft.reference, path=reverse("signals:person-search"))


def _sent_before(draft: Draft, by: User) -> Signal | None:
    """The report that this draft became: a click that came first took it away and held it until then."""
    found: list[Signal] = _ALREADY.objects(key=draft.reference, author=by.pk)
    return found[0] if found else None


def _check(report: Report, by: User) -> None:
    if report.unnamed and not unnamed.is_offered(report.facts):
        raise RuleError(_("With these answers the name is needed, so it cannot be left out."))
    if report.staff and report.staff in (by, report.on_paper_by):
        raise RuleError(_("Somebody can't write a report about themselves."))


def case_from(report: Report, now: datetime) -> Case:
    """The case of a report, not saved."""
    return new_row(
        Case,
        board=report.school.board,
        school=report.school,
        concern=report.facts.concern,
        subject_role=report.facts.subject_role,
        walled=is_walled(report.facts),
        created_at=now,
        look_at=now,
    )


def _named(report: Report) -> tuple[User, ...]:
    """Who of the school gets it by name, because the board has nobody for what goes past the school."""
    if not is_walled(report.facts):
        return ()
    way = route(school=report.school, facts=report.facts, staff=report.staff)
    if way.leads_nowhere:
        raise RuleError(_("Nobody at the board can read this here, so it is not sent. It stays a draft of your own."))
    return way.named


def _open_by_name(case: Case, named: tuple[User, ...], now: datetime) -> None:
    for user in named:
        Named.objects.create(case=case, user=user, at=now)
        path = reverse("signals:case", args=[case.reference])
        queue("case.walled", to=user, path=path, reference=case.reference)


def signal_from(report: Report, draft: Written, *, writer: User, case: Case, protocol: Protocol) -> Signal:
    """The report, not saved."""
    return new_row(
        Signal,
        key=draft.reference,
        case=case,
        school=report.school,
        author=writer,
        concern=report.facts.concern,
        subject_role=report.facts.subject_role,
        observed=report.observed,
        told=report.told,
        opinion=report.opinion,
        against=report.against,
        facts=facts_as_dict(report.facts),
        protocol=protocol.version,
        happened_on=report.happened_on,
        happened_time=report.happened_time,
        happened_about=report.happened_about,
        known_on=report.known_on,
        known_time=report.known_time,
        entered_at=case.created_at,
        called_112_at=draft.called_112_at,
        on_paper_by=report.on_paper_by,
        on_paper_by_name=report.on_paper_by_name,
        on_paper_on=report.on_paper_on,
        on_paper_time=report.on_paper_time,
    )


def person_from(signal: Signal, report: Report) -> Person:
    """Whom it is about, not saved."""
    about = {"description": unnamed.instead(report.facts)} if report.unnamed else _about(report)
    return new_row(Person, signal=signal, role=PersonRole.SUBJECT, **about)


def _about(report: Report) -> dict[str, Any]:
    if report.pupil or report.staff:
        return {"pupil": report.pupil, "user": report.staff}
    return {"description": report.description}


def _steps(signal: Signal, report: Report, protocol: Protocol) -> list[Step]:
    advices, calendar = decide(report.facts, protocol), calendar_of(report.school)
    due = due_of(signal, calendar)
    return [step_from(signal, advice, place, due) for place, advice in enumerate(advices, 1)]


def due_of(signal: Signal, calendar: Calendar) -> Callable[[str], datetime]:
    """By when the steps of a report are due, by how urgent they are; each is worked out once."""
    known = known_at(signal)
    return cache(lambda urgency: due_at(urgency, signal.entered_at, calendar, known_at=known))


def step_from(signal: Signal, advice: Advice, place: int, due: Callable[[str], datetime]) -> Step:
    """What the engine named at sending, not saved."""
    return new_row(
        Step,
        case=signal.case,
        signal=signal,
        position=place,
        recipient=advice.recipient,
        obligation=advice.obligation,
        basis=advice.basis,
        urgency=advice.urgency,
        actor=advice.actor,
        rules=list(advice.rules),
        why_nl=advice.why["nl"],
        why_en=advice.why["en"],
        source=advice.source,
        due_at=due(advice.urgency),
    )


def known_at(signal: Signal) -> datetime:
    """When the school knew, for deadlines. Without a time it is taken to have been before the school closed."""
    return timezone.make_aware(datetime.combine(signal.known_on, signal.known_time or time.min))


@transaction.atomic
def signal_add(*, by: User, signal: Signal, text: str, key: str, answers: Answers | None = None) -> Addition:
    """Add something to a report that was sent. The same key gives the same addition.

    Args:
        answers: those that changed; the steps are looked at again.

    Raises:
        RuleError: something else was kept under this key.
    """
    signal.case = lock_case_of(signal)  # who handles that one hears of it
    if addition := Addition.objects.filter(key=key).first():
        kept = (addition.signal_id, addition.author_id, addition.text, False)
        return arrived(addition, kept, (signal.pk, by.pk, text, _is_new(signal, answers or {})))
    addition = Addition.objects.create(key=key, signal=signal, author=by, text=text, created_at=timezone.now())
    case_event(Action.SIGNAL_ADDED, case=signal.case, by=by, to=WRITE, kind="signal", ref=signal.reference)
    if answers:
        facts_add(by=by, signal=signal, answers=answers, to=WRITE)
    tell_handlers(ADDED, signal.case, by=by)
    return addition


def _is_new(signal: Signal, answers: Answers) -> bool:
    """Whether answers say what the writer did not say before, and nobody else found out."""
    return bool(changed(facts_of_writer(signal), answers) and changed(facts_now(signal), answers))


@transaction.atomic
def signal_called(*, by: User, signal: Signal, at: datetime) -> None:
    """Record that the writer called 112 after sending. The first recorded moment stays."""
    signal.case = lock_case_of(signal)  # the case first: the order of everything
    locked = Signal.objects.select_for_update().get(pk=signal.pk)
    if locked.called_112_at:
        return
    Signal.objects.filter(pk=signal.pk).update(called_112_at=at)
    case_event(Action.SIGNAL_CALLED, case=signal.case, by=by, to=WRITE, kind="signal", ref=signal.reference)
    call_completes_step(signal=signal, by=by, at=at)
