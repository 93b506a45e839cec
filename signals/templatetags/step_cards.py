"""The card of a step, written in Python: a case has a dozen, and as a template each cost a fifth of a bare page.

Open: whom to call comes first. Dealt with: what came of it comes first, the rest is one fold below.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils.text import capfirst
from django.utils.translation import get_language

from signals import rules
from signals.addresses import address
from signals.ages import full_day
from signals.cardframes import frames
from signals.cards import Card, Outcome
from signals.closednow import Closed
from signals.markup import Clock, Writing

register = template.Library()
KEPT = "step_cards"  # by this name
URLS = {name: f"signals:step-{name}" for name in ("sheet", "done", "decline", "reopen")}


@dataclass(slots=True)
class _Sheet:
    """What a card is written on, and how it is shown.

    records: what came of it can be recorded here. practice: nothing may leave the page.
    """

    filled: bool
    records: bool
    practice: bool
    urls: Mapping[str, str]
    frames: Mapping[str, str]
    clock: Clock
    page: Writing

    def say(self, name: str, *values: str) -> None:
        """A frame with its values."""
        self.page.add(self.frames[name], *values)

    def lines(self, name: str, text: str) -> None:
        """A frame with a text and its line ends."""
        self.page.lines(self.frames[name], text)

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
    sheet = _sheet(context, filled=filled, records=actions and card.can_record)
    _card(card, sheet, big, level)
    return sheet.page.html


@register.simple_tag(takes_context=True)
def step_reach(context: Context, card: Card) -> str:
    """How to reach whom a step is for."""
    sheet = _sheet(context)
    _reach(card, sheet)
    return sheet.page.html


@register.simple_tag(takes_context=True)
def school_closed(context: Context, closed: Closed) -> str:
    """That the school is closed and whom to call, once above the cards."""
    sheet = _sheet(context)
    _closed(closed, sheet)
    return sheet.page.html


def _sheet(context: Context, *, filled: bool = False, records: bool = False) -> _Sheet:
    urls, (said, clock) = context.get("step_urls") or URLS, _kept(context)
    return _Sheet(filled, records, bool(context.get("practice")), urls, said, clock, Writing())


def _kept(context: Context) -> tuple[Mapping[str, str], Clock]:
    """What all cards of a template share."""
    kept = context.render_context
    if KEPT not in kept:
        kept[KEPT] = frames(get_language()), Clock()
    found: tuple[Mapping[str, str], Clock] = kept[KEPT]
    return found


def _card(card: Card, sheet: _Sheet, big: bool, level: str) -> None:
    say, still = sheet.say, card.state == rules.STEP_OPEN
    size = f"{' step-big' if big else ''}{' step-112' if card.phone == '112' else ''}"
    more = " · ".join(part for part in (card.urgency_label, card.basis_label) if part)
    say("begin", card.state, size, card.reference, card.reference)
    say("tag", card.obligation, card.obligation_label, more)
    say("who", level, card.reference, card.who, level)
    if card.report:
        say("report", sheet.clock.moment(card.report)[1])
    if still:
        _open(card, sheet)
    else:
        _dealt_with(card, card.outcome, sheet)
    if card.why or card.source or not still:
        say("fold_open" if still else "fold_done", card.who)
        if not still:
            _details(card, sheet)
        _why(card, sheet, still)
        say("fold_end")
    say("end")


def _open(card: Card, sheet: _Sheet) -> None:
    say = sheet.say
    if card.lapsed:
        say("lapsed_close" if sheet.records else "lapsed", card.lapsed)
    elif card.why_now:
        say("new", card.why_now)
    if card.told:
        _told(card, sheet)
    for name in ("contact_name", "does", "note", "notice"):
        if text := getattr(card, name):
            say(name, text)
    _reach(card, sheet)
    if card.closed:
        _closed(card.closed, sheet)
    say("when_and_who")
    if card.due_at and not card.lapsed:
        kind = "due_late" if card.overdue else "due_soon" if card.due_soon else "due"
        say(kind, sheet.clock.moment(card.due_at)[0], capfirst(card.due_text))
    if card.actor_label:
        say("actor", card.actor_label)
    say("facts_end")
    if sheet.records:
        _actions(card, sheet)


def _told(card: Card, sheet: _Sheet) -> None:
    sheet.say("told")
    for one in card.told:
        whom = f", {one.with_whom}" if one.with_whom else ""
        at = sheet.clock.moment(one.at)[1] if one.at else ""
        sheet.say("told_line", one.who, whom, at, one.by)
        sheet.lines("told_text", one.lines)
    sheet.say("told_end")


def _closed(closed: Closed, sheet: _Sheet) -> None:
    if closed.brief:
        sheet.say("closed_brief", closed.text)
        return
    sheet.say("closed_call" if closed.calls else "closed", closed.text)
    for call in closed.calls:
        who = capfirst(call.who)
        if call.tel:
            sheet.say("call", call.tel, who, call.phone)
        else:
            sheet.say("call_text", who, call.phone)
    sheet.say("closed_end_practice" if sheet.practice else "closed_end")


def _actions(card: Card, sheet: _Sheet) -> None:
    sheet.say("actions")
    if not card.lapsed and card.phone and card.phone != "112":
        sheet.say("sheet", sheet.url("sheet", card), card.who)
    sheet.say("record", sheet.url("done", card), card.who, sheet.url("decline", card), card.who)


def _dealt_with(card: Card, outcome: Outcome | None, sheet: _Sheet) -> None:
    say = sheet.say
    say(
        "head_done" if card.state == rules.STEP_DONE else "head",
        capfirst(outcome.kind_label if outcome else card.state_label),
    )
    if outcome and outcome.happened_at:
        say("at", *sheet.clock.moment(outcome.happened_at))
    say("paragraph_end")
    if outcome and outcome.reason:
        sheet.lines("reason", outcome.reason)
    if outcome and outcome.finding:
        say("finding", outcome.finding)
    if outcome and outcome.look_again_on:
        say("look_again", full_day(outcome.look_again_on))
        if sheet.records:
            say("again", sheet.url("reopen", card), card.who)
        say("paragraph_end")


def _details(card: Card, sheet: _Sheet) -> None:
    """In the fold of what was dealt with: what was recorded, and how to reach them."""
    if card.outcome:
        sheet.say("facts")
        _recorded(card.outcome, sheet)
        sheet.say("facts_end")
    _reach(card, sheet)


def _recorded(outcome: Outcome, sheet: _Sheet) -> None:
    consent = capfirst(outcome.consent)
    parts = {
        "by_whom": outcome.by_whom,
        "with_whom": outcome.with_whom,
        "reference_number": outcome.reference_number,
        "shared": outcome.shared,
        "ground": capfirst(outcome.ground),
        "consent": f"{consent}: {outcome.consent_reason}" if consent and outcome.consent_reason else consent,
    }
    for name, text in parts.items():
        if text and name == "shared":
            sheet.lines(name, text)
        elif text:
            sheet.say(name, text)
    if outcome.recorded_by:
        sheet.say("recorded", outcome.recorded_by, *sheet.clock.moment(outcome.recorded_at))


def _why(card: Card, sheet: _Sheet, still: bool) -> None:
    """The rest of the fold: why it is asked, on what ground, and what one can do with it besides."""
    if card.why:
        sheet.say("why", card.why)
    if card.source:
        sheet.say("source", card.source)
    if sheet.records and still and card.due_at and not card.lapsed and not sheet.practice:
        sheet.say("calendar", address("signals:step-ics", card.reference), card.who)
    if sheet.records and not still:
        sheet.say("reopen", sheet.url("reopen", card), card.who)


def _reach(card: Card, sheet: _Sheet) -> None:
    """Telephone, mail and website; in practice nothing that would send something."""
    if not (card.phone or card.email or card.url):
        return
    say = sheet.say
    say("reach")
    if card.phone and card.tel:
        say("tel", " tel-filled" if sheet.filled else "", card.tel, card.who, card.phone)
    elif card.phone:
        say("phone", card.phone)
    if hours := " · ".join(part for part in (card.hours, card.costs) if part):
        say("hours", capfirst(hours))
    if card.email:
        _email(card.email, sheet)
    if card.post:
        say("post", card.post)
    if card.url:
        say("site", card.url, card.who)
    say("reach_end")


def _email(mail: str, sheet: _Sheet) -> None:
    if sheet.practice:
        sheet.say("email_text")
    else:
        sheet.say("email", mail)
    sheet.page.address(mail)
    sheet.say("email_text_end" if sheet.practice else "email_end")
