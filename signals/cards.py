"""Step cards: what the screen shows of a step, with this school's own contact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import School
from escalation.contacts import Address, addresses
from escalation.models import Contact
from escalation.selectors import calendar_of
from escalation.texts import say
from signals import rules
from signals.answers import Told, finding_name, no_longer, told_before, why_now
from signals.cardwords import CardWords
from signals.closednow import Closed, closed_now
from signals.models import Step, StepOutcome
from signals.models.facts import FactsSource
from signals.models.step import Consent, Ground, OutcomeKind

DUE_SOON = timedelta(hours=24)
MINE = frozenset({"anyone", "author", "everyone"})


@dataclass(slots=True)  # as Card
class Outcome:
    """What became of a step, in words."""

    kind: str
    kind_label: str
    happened_at: datetime | None
    by_whom: str
    with_whom: str
    reference_number: str
    shared: str
    ground: str
    consent: str
    consent_reason: str
    finding: str
    reason: str
    look_again_on: date | None
    recorded_by: str
    recorded_at: datetime


@dataclass(slots=True)  # not frozen: that costs three times as much, and one is made for each step
class Card:
    """One step as shown. `mine`: the writer of the report can do it; `notice`: a missing or old contact.

    why_now: the new facts that brought it. lapsed: from which new facts it no longer follows. told: on a step that says
    it was not true, who was told what.
    """

    reference: str
    position: int
    recipient: str
    who: str
    does: str
    contact_name: str
    phone: str
    tel: str
    email: str
    post: str
    url: str
    hours: str
    costs: str
    notice: str
    note: str
    closed: Closed | None
    obligation: str
    obligation_label: str
    basis_label: str
    urgency: str
    urgency_label: str
    due_at: datetime
    due_text: str
    overdue: bool
    due_soon: bool
    actor_label: str
    why: str
    source: str
    mine: bool
    state: str
    state_label: str
    outcome: Outcome | None
    can_record: bool
    report: datetime | None = None  # when the report came in, where the case holds several
    why_now: str = ""
    lapsed: str = ""
    told: tuple[Told, ...] = ()

    @property
    def stands(self) -> bool:
        """True while it is still asked for and nobody recorded an outcome."""
        return self.state == rules.STEP_OPEN and not self.lapsed


def writer_sees(step: Step) -> bool:
    """True for a step that the writer may know of: what others found out afterwards is not theirs to see."""
    return step.change is None or step.change.source == FactsSource.ADDITION


def as_sent(steps: Iterable[Step]) -> list[Step]:
    """The steps that came with the report, as they were then: all still to be taken. They are not to be saved."""
    found = [step for step in steps if step.change is None]
    for step in found:
        step.state, step.lapsed_by, step.lapsed_by_id = rules.STEP_OPEN, None, None
    return found


def cards(
    steps: Iterable[Step],
    school: School,
    *,
    can_record: bool = False,
    for_writer: bool = False,
    among: Sequence[Step] | None = None,
    contacts: Iterable[Contact] | None = None,
) -> list[Card]:
    """Cards in the order of the steps.

    Args:
        steps: with `signal` selected and `outcomes__recorded_by` prefetched.
        school: whose contacts and words to use.
        can_record: whether this person may record an outcome.
        for_writer: the writer of the report sees whether a step was taken, not what came of it.
        among: all steps of the case, where `steps` are not all of them: they say who was told what.
        contacts: those of contacts_at(), when at hand.
    """
    rows = list(steps)
    where = addresses(school, {row.recipient for row in rows}, contacts)
    now = timezone.now()
    somebody_in = not any(row.state == rules.STEP_OPEN for row in rows) or calendar_of(school).is_open(now)
    words = CardWords()
    found = [_card(row, where[row.recipient], now, words) for row in rows]
    for row, card in zip(rows, found, strict=True):
        card.closed = closed_now(row, where, somebody_in=somebody_in)
        card.can_record = can_record and row.state != rules.STEP_REPLACED
    several = len({row.signal_id for row in rows}) > 1
    return [
        _to_writer(row, card) if for_writer else _to_handler(row, card, several, rows if among is None else among)
        for row, card in zip(rows, found, strict=True)
    ]


def _to_writer(step: Step, card: Card) -> Card:
    """Without what came of it; a step that the report itself fulfils asks nothing of the writer."""
    actor = _("Your report tells this colleague") if _told_by_report(step) else card.actor_label
    found_out = step.lapsed_by and step.lapsed_by.source != FactsSource.ADDITION
    lapsed = _("This is no longer needed.") if found_out else card.lapsed
    card.outcome, card.actor_label, card.lapsed = None, actor, lapsed
    return card


def _to_handler(step: Step, card: Card, several: bool, among: Sequence[Step]) -> Card:
    """To a handler "you" is not the writer; and of several reports each step says which one it is for."""
    actor = _("The writer of the report") if step.actor == "author" else card.actor_label
    report = step.signal.entered_at if several else None
    card.actor_label, card.report, card.told = actor, report, told_before(step, among)
    return card


def is_overdue(step: Step, now: datetime) -> bool:
    return is_due(step) and step.due_at < now


def is_due_soon(step: Step, now: datetime) -> bool:
    """Within a day; what is for now is that from the start, and needs no word for it."""
    return is_due(step) and step.urgency != "now" and now <= step.due_at < now + DUE_SOON


def is_due(step: Step) -> bool:
    """Only a must can be late: what may be done has no deadline, nor has what no longer follows."""
    return step.state == rules.STEP_OPEN and step.obligation == "must" and step.lapsed_by_id is None


def _card(step: Step, address: Address, now: datetime, words: CardWords) -> Card:
    late = is_overdue(step, now)
    return Card(
        reference=step.reference,
        position=step.position,
        recipient=step.recipient,
        does=say(words.protocol.recipients[step.recipient].does),
        **_reach(address),
        closed=None,
        obligation=step.obligation,
        obligation_label=words.obligation(step.obligation),
        basis_label=words.basis(step.basis, step.source),
        urgency=step.urgency,
        urgency_label=words.urgency(step.urgency),
        due_at=step.due_at,
        due_text=words.by_when(step.urgency, step.due_at),
        overdue=late,
        due_soon=not late and is_due_soon(step, now),
        actor_label=words.actor(step.actor),
        why=step.why_en if words.english else step.why_nl,
        source=step.source,
        mine=_is_mine(step),
        state=step.state,
        state_label=words.state(step.state),
        outcome=outcome_of(step),
        can_record=False,
        why_now=why_now(step.change) if step.change else "",
        lapsed=no_longer(step.lapsed_by) if step.lapsed_by else "",
    )


def _is_mine(step: Step) -> bool:
    """The writer tells those inside the school, unless the report itself does that in time."""
    return (step.actor in MINE or step.recipient == "board") and not _told_by_report(step)


def _told_by_report(step: Step) -> bool:
    """True where nothing is urgent: the coordinator, or the board, finds the report on the desk."""
    return rules.completes_on_take(step.recipient, step.rules) and step.urgency == "planned"


def _reach(address: Address) -> dict[str, Any]:
    return {
        "who": address.who,
        "contact_name": address.name,
        "phone": address.phone,
        "tel": address.tel,
        "email": address.email,
        "post": address.post,
        "url": address.url,
        "hours": address.hours,
        "costs": address.costs,
        "notice": address.notice,
        "note": address.note,
    }


def outcome_of(step: Step) -> Outcome | None:
    """The outcome that counts now: the last one, unless the step was opened again."""
    rows = list(step.outcomes.all())
    if step.state == rules.STEP_OPEN or not rows:
        return None
    return shown(rows[-1])


def shown(row: StepOutcome) -> Outcome:
    """One outcome row in words, found once for its card and its line of time."""
    words: Outcome | None = row.__dict__.get("words")
    if words is None:
        words = row.__dict__["words"] = _shown(row)
    return words


def _shown(row: StepOutcome) -> Outcome:
    return Outcome(
        kind=row.kind,
        kind_label=str(OutcomeKind(row.kind).label),
        happened_at=row.happened_at,
        by_whom=row.by_whom,
        with_whom=row.with_whom,
        reference_number=row.reference_number,
        shared=row.shared,
        ground=str(Ground(row.ground).label) if row.ground else "",
        consent=str(Consent(row.consent).label) if row.consent else "",
        consent_reason=row.consent_reason,
        finding=finding_name(row.finding),
        reason=row.reason,
        look_again_on=row.look_again_on,
        recorded_by=row.recorded_by.name,
        recorded_at=row.recorded_at,
    )
