"""The card of a step, written in Python: a case has a dozen, and as a template each cost a fifth of a bare page.

Open: whom to call comes first. Dealt with: what came of it comes first, the rest is one fold below.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language

from signals import rules
from signals.addresses import address
from signals.cardframes import Frames, frames
from signals.cards import Card, Closed, Outcome
from signals.markup import Clock, address_parts, broken, joined

register = template.Library()
URLS = {name: f"signals:step-{name}" for name in ("sheet", "done", "decline", "reopen")}
NOTHING = ""


@dataclass(frozen=True)
class _How:
    """How a card is shown. records: what came of it can be recorded here. practice: nothing may leave the page."""

    filled: bool
    records: bool
    practice: bool
    urls: Mapping[str, str]
    say: Frames
    clock: Clock

    def url(self, name: str, card: Card) -> str:
        return address(self.urls[name], card.reference)


@register.simple_tag(takes_context=True)
def step_card(
    context: Context, card: Card, actions: bool = False, big: bool = False, filled: bool = False, level: str = "3"
) -> str:
    """A card.

    Args:
        actions: show what can be recorded.
        big: the reader's own thing.
        filled: its number is the one filled button of the page.
        level: of the heading.
    """
    how = _how(context, filled=filled, records=actions and card.can_record)
    return joined(_card(card, how, big, level))


@register.simple_tag(takes_context=True)
def step_reach(context: Context, card: Card) -> str:
    """How to reach whom a step is for."""
    return joined(_reach(card, _how(context)))


def _how(context: Context, *, filled: bool = False, records: bool = False) -> _How:
    urls = context.get("step_urls") or URLS
    return _How(filled, records, bool(context.get("practice")), urls, frames(get_language()), Clock())


def _card(card: Card, how: _How, big: bool, level: str) -> Iterator[str]:
    say, still = how.say, card.state == rules.STEP_OPEN
    size = f"{' step-big' if big else ''}{' step-112' if card.phone == '112' else ''}"
    more = " · ".join(str(part) for part in (card.urgency_label, card.basis_label) if part)
    yield say("begin", card.state, size, card.reference, card.reference)
    yield say("tag", card.obligation, card.obligation_label, more)
    yield say("who", level, card.reference, card.who, level)
    if card.report:
        yield say("report", how.clock.moment(card.report)[1])
    yield from _open(card, how) if still else _dealt_with(card, card.outcome, how)
    if card.why or card.source or not still:
        yield say("fold_open" if still else "fold_done", card.who)
        yield from () if still else _details(card, how)
        yield from _why(card, how, still)
        yield say("fold_end")
    yield say("end")


def _open(card: Card, how: _How) -> Iterator[str]:
    say = how.say
    if card.lapsed:
        yield say("lapsed_close" if how.records else "lapsed", card.lapsed)
    elif card.why_now:
        yield say("new", card.why_now)
    if card.told:
        yield say("told", joined(_told(card, how)))
    for name in ("contact_name", "does", "note", "notice"):
        if text := getattr(card, name):
            yield say(name, text)
    yield from _reach(card, how)
    if card.closed:
        yield from _closed(card.closed, how)
    due = say("by_when", _due(card, how)) if card.due_at and not card.lapsed else NOTHING
    yield say("when_and_who", due, say("actor", card.actor_label) if card.actor_label else NOTHING)
    if how.records:
        yield from _actions(card, how)


def _told(card: Card, how: _How) -> Iterator[str]:
    for one in card.told:
        whom = f", {one.with_whom}" if one.with_whom else ""
        at = how.clock.moment(one.at)[1] if one.at else ""
        yield how.say("told_line", one.who, whom, at, one.by, broken(one.lines))


def _closed(closed: Closed, how: _How) -> Iterator[str]:
    yield how.say("closed_call" if closed.calls else "closed", closed.text)
    for call in closed.calls:
        who = capfirst(call.who)
        yield how.say("call", call.tel, who, call.phone) if call.tel else how.say("call_text", who, call.phone)
    yield how.say("closed_end_practice" if how.practice else "closed_end")


def _due(card: Card, how: _How) -> str:
    kind = "due_late" if card.overdue else "due_soon" if card.due_soon else "due"
    return how.say(kind, how.clock.moment(card.due_at)[0], capfirst(card.due_text))


def _actions(card: Card, how: _How) -> Iterator[str]:
    sheet = not card.lapsed and card.phone and card.phone != "112"
    yield how.say(
        "actions",
        how.say("sheet", how.url("sheet", card), card.who) if sheet else NOTHING,
        how.url("done", card),
        card.who,
        how.url("decline", card),
        card.who,
    )


def _dealt_with(card: Card, outcome: Outcome | None, how: _How) -> Iterator[str]:
    say = how.say
    label = outcome.kind_label if outcome else card.state_label
    at = say("at", *how.clock.moment(outcome.happened_at)) if outcome and outcome.happened_at else NOTHING
    yield say("head_done" if card.state == rules.STEP_DONE else "head", capfirst(label), at)
    if outcome and outcome.reason:
        yield say("reason", broken(outcome.reason))
    if outcome and outcome.finding:
        yield say("finding", outcome.finding)
    if outcome and outcome.look_again_on:
        again = say("again", how.url("reopen", card), card.who) if how.records else NOTHING
        yield say("look_again", date_format(outcome.look_again_on, "j F Y"), again)


def _details(card: Card, how: _How) -> Iterator[str]:
    """In the fold of what was dealt with: what was recorded, and how to reach them."""
    if card.outcome:
        yield how.say("facts", joined(_recorded(card.outcome, how)))
    yield from _reach(card, how)


def _recorded(outcome: Outcome, how: _How) -> Iterator[str]:
    consent = capfirst(outcome.consent)
    parts = {
        "by_whom": outcome.by_whom,
        "with_whom": outcome.with_whom,
        "reference_number": outcome.reference_number,
        "shared": broken(outcome.shared),
        "ground": capfirst(outcome.ground),
        "consent": f"{consent}: {outcome.consent_reason}" if consent and outcome.consent_reason else consent,
    }
    for name, text in parts.items():
        if text:
            yield how.say(name, text)
    if outcome.recorded_by:
        yield how.say("recorded", outcome.recorded_by, *how.clock.moment(outcome.recorded_at))


def _why(card: Card, how: _How, still: bool) -> Iterator[str]:
    """The rest of the fold: why it is asked, on what ground, and what one can do with it besides."""
    if card.why:
        yield how.say("why", card.why)
    if card.source:
        yield how.say("source", card.source)
    if how.records and still and card.due_at and not card.lapsed and not how.practice:
        yield how.say("calendar", address("signals:step-ics", card.reference), card.who)
    if how.records and not still:
        yield how.say("reopen", how.url("reopen", card), card.who)


def _reach(card: Card, how: _How) -> Iterator[str]:
    """Telephone, mail and website; in practice nothing that would send something."""
    if not (card.phone or card.email or card.url):
        return
    say = how.say
    yield say("reach")
    if card.phone and card.tel:
        yield say("tel", " tel-filled" if how.filled else "", card.tel, card.who, card.phone)
    elif card.phone:
        yield say("phone", card.phone)
    if hours := " · ".join(part for part in (card.hours, card.costs) if part):
        yield say("hours", capfirst(hours))
    if card.email:
        shown = address_parts(card.email)
        yield say("email_text", shown) if how.practice else say("email", card.email, shown)
    if card.post:
        yield say("post", card.post)
    if card.url:
        yield say("site", card.url, card.who)
    yield say("reach_end")
