"""Rows for lists of cases: no names of those concerned, no story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from escalation.texts import concern_name, recipient_name, subject_short
from signals import rules
from signals.ages import age, by_when, look_again_at, span
from signals.cards import DUE_SOON, is_due, is_overdue
from signals.models import Case, Signal, Step
from signals.moved_words import moved_text
from signals.scope import Reach


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    reference: str
    url: str
    concern: str
    about: str
    age: str
    created_at: datetime
    owner: str
    state: str
    state_label: str
    walled: bool
    next_step: str
    next_due: datetime | None
    next_due_text: str
    overdue: bool
    due_soon: bool
    reports: int
    moved: str  # with whom it lies as well, because nobody acted


@dataclass(frozen=True)
class FollowRow(Row):
    """The same with what was and was not done."""

    steps_done: int = 0
    steps_open: int = 0
    steps_overdue: int = 0
    steps_declined: int = 0
    review_text: str = ""
    late: list[str] = field(default_factory=list)


def listed(cases: Reach) -> Reach:
    """With what a row needs of the case itself; only the rows of one page pay for it."""
    return replace(cases, dress=_dressed)


def _dressed(rows: QuerySet[Case]) -> QuerySet[Case]:
    count = Signal.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=Count("pk")).values("n")
    return rows.select_related("owner", "school").annotate(report_count=Subquery(count))


def with_steps(page: list[Case]) -> list[Case]:
    """Fetch the steps of the rows of one page, in one query however many rows there are."""
    prefetch_related_objects(page, Prefetch("steps", Step.objects.order_by("due_at", "position")))
    return page


def row(case: Case, now: datetime, page: str = "signals:case") -> Row:
    return Row(**_parts(case, now, page))


def follow_row(case: Case, now: datetime) -> FollowRow:
    """A row for whoever audits the follow-up."""
    steps = list(case.steps.all())
    late = [step for step in steps if is_overdue(step, now)]
    return FollowRow(
        **_parts(case, now, "signals:followup-case"),
        steps_done=sum(step.state == rules.STEP_DONE for step in steps),
        steps_open=sum(step.state == rules.STEP_OPEN for step in steps),
        steps_overdue=len(late),
        steps_declined=sum(step.state in (rules.STEP_DECLINED, rules.STEP_NOT_APPLICABLE) for step in steps),
        review_text=span(case.taken_at - case.created_at) if case.taken_at else "",
        late=[recipient_name(step.recipient, case.school.sector) for step in late],
    )


def _parts(case: Case, now: datetime, page: str) -> dict[str, Any]:
    following = _following(case) if case.status in rules.OPEN else None
    due = _due(following) if following else None
    return {
        "reference": case.reference,
        "url": reverse(page, args=[case.reference]),
        "concern": concern_name(case.concern),
        "about": subject_short(case.subject_role, case.school.sector),
        "age": age(case.created_at, now),
        "created_at": case.created_at,
        "owner": case.owner.name if case.owner else "",
        "state": case.status,
        "state_label": case.get_status_display(),
        "walled": case.walled,
        "next_step": _next(following, case.school.sector) if following else "",
        "next_due": due,
        "next_due_text": by_when("planned" if following.look_again_on else following.urgency, due)
        if following and due
        else "",
        "overdue": bool(due and due < now),
        "due_soon": bool(following and due and following.urgency != "now" and now <= due < now + DUE_SOON),
        "moved": moved_text(case),
        "reports": getattr(case, "report_count", 1) or 1,
    }


def _following(case: Case) -> Step | None:
    """What is due first: an open must that still follows, or one that somebody decided to look at again."""
    found = [step for step in case.steps.all() if is_due(step) or step.look_again_on]
    return min(found, key=_due, default=None)


def _due(step: Step) -> datetime:
    return look_again_at(step.look_again_on) if step.look_again_on else step.due_at


def _next(step: Step, sector: str) -> str:
    who = recipient_name(step.recipient, sector)
    return _("Look again: %(recipient)s") % {"recipient": who} if step.look_again_on else who


def tab_links(counts: dict[str, str], labels: Mapping[str, object], current: str) -> list[dict[str, object]]:
    """The tabs above a list, each with its count and its address."""
    return [
        {"name": name, "label": labels[name], "url": f"?tab={name}", "count": count, "current": name == current}
        for name, count in counts.items()
    ]


def desk_tabs(cases: Reach, user: User, stands_in: Sequence[int] = ()) -> dict[str, Reach]:
    """The cases a handler sees, cut into the four tabs of the desk. stands_in: ids of those who are away."""
    mine = {"owner__in": [user.pk, *stands_in]} if stands_in else {"owner": user}
    return {
        "new": cases.filter(status=rules.NEW),
        "mine": cases.filter(status__in=rules.ACTIVE, **mine),
        "open": cases.filter(status__in=rules.ACTIVE),
        "closed": cases.filter(status=rules.CLOSED),
    }


def follow_tabs(cases: Reach) -> dict[str, Reach]:
    """The cases of a school for whoever audits: open, not seen yet, overdue, closed."""
    now = timezone.now()
    running = cases.filter(status__in=rules.OPEN)
    return {
        "open": running,
        "unreviewed": cases.filter(status=rules.NEW),
        "overdue": running.filter(next_due_at__lt=now),
        "closed": cases.filter(status=rules.CLOSED),
    }
