"""Which roles may stand beside each other, and when two are the same. Pure: no Django, no database, no clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """One role at one place of a board, from a day until another, both included; no last day: for good.

    place: anything that tells places apart, such as a reference.
    """

    role: str
    place: str
    starts_on: date
    ends_on: date | None = None


def overlap(one: Span, other: Span) -> bool:
    """True when there is a day on which both hold."""
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )


def same_role_already(wanted: Span, held: Iterable[Span]) -> Span | None:
    """The span that gives the wanted role at that place already on some day, or None."""
    for span in held:
        if (span.role, span.place) == (wanted.role, wanted.place) and overlap(span, wanted):
            return span
    return None


def not_beside(
    wanted: Span, held: Iterable[Span], *, reads: Callable[[str], bool], hands_out: Callable[[str], bool]
) -> Span | None:
    """The span that keeps somebody from the wanted role at one board, or None.

    Whoever hands out roles may not read the cases of others: they could give themselves, or each other, any case.

    Args:
        wanted: the role that is about to be given.
        held: the roles of the same person at the same board.
        reads, hands_out: what the policy says of a role.
    """
    for span in held:
        apart = (reads(wanted.role) and hands_out(span.role)) or (hands_out(wanted.role) and reads(span.role))
        if apart and overlap(span, wanted):
            return span
    return None
