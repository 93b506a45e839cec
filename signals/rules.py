"""What may follow on what. Pure: no Django, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NEW = "new"
IN_REVIEW = "in_review"
ESCALATED = "escalated"
MONITORING = "monitoring"
CLOSED = "closed"
REOPENED = "reopened"
JOINED = "joined"  # its reports went to another case; nothing happens here unless they are put back

TRANSITIONS: dict[str, frozenset[str]] = {
    NEW: frozenset({IN_REVIEW, JOINED}),
    IN_REVIEW: frozenset({ESCALATED, MONITORING, CLOSED, JOINED}),
    ESCALATED: frozenset({MONITORING, CLOSED, JOINED}),
    MONITORING: frozenset({ESCALATED, CLOSED, JOINED}),
    CLOSED: frozenset({REOPENED}),
    REOPENED: frozenset({ESCALATED, MONITORING, CLOSED, JOINED}),
    JOINED: frozenset(),  # only by putting it back as it was: services.transfers
}
ACTIVE = frozenset({IN_REVIEW, ESCALATED, MONITORING, REOPENED})
OPEN = ACTIVE | {NEW}

WALLING = frozenset({"staff", "principal"})  # a case about them is behind a wall by itself

STEP_OPEN = "open"
STEP_DONE = "done"
STEP_DECLINED = "declined"
STEP_NOT_APPLICABLE = "not_applicable"
STEP_REPLACED = "replaced"  # a stronger step for the same recipient came instead, after new facts


@dataclass(frozen=True)
class StepState:
    """As much of a step as the rules need."""

    obligation: str
    state: str


def was_taken(status: str) -> bool:
    """True for a case that somebody has or had, and that went into no other."""
    return status not in (NEW, JOINED)


def can_move(old: str, new: str) -> bool:
    """True when a case may go from one status to the other."""
    return new in TRANSITIONS.get(old, frozenset())


def blocks_closing(steps: Iterable[StepState]) -> bool:
    """True while a must is neither done nor decided against with its reason."""
    return any(step.obligation == "must" and step.state == STEP_OPEN for step in steps)


def completes_on_take(recipient: str, rules: Iterable[str]) -> bool:
    """True for the step that only asked for somebody to take the case up.

    Telling the care coordinator (R00), or on a walled case the board (R26), is fulfilled once they own the case.
    A step with another ground as well, such as the reporting code, still has to be carried out.
    """
    return (recipient == "care_coordinator" and set(rules) == {"R00"}) or (
        recipient == "board" and set(rules) == {"R26"}
    )


def is_grave(steps: Iterable[tuple[str, str, Iterable[str]]]) -> bool:
    """True for a report that asks for a must beyond telling the care coordinator. Without one it is small.

    steps: of each its obligation, recipient and rules.
    """
    return any(duty == "must" and (who != "care_coordinator" or set(fired) != {"R00"}) for duty, who, fired in steps)


def state_for_author(status: str) -> str:
    """What the writer of a report gets to see of a case: received, handling or closed."""
    if status == NEW:
        return "received"
    return "closed" if status == CLOSED else "handling"


UP, DOWN = "up", "down"  # a wall
SHARE_DAYS = 30  # how long a share holds when nothing else is chosen


def latest_share_day(today: date) -> date:
    """The last day a share may have: the end of this school year (31 July), or 30 days when that comes sooner."""
    end = date(today.year + (today.month > 7), 7, 31)
    return max(end, today + timedelta(days=SHARE_DAYS))
