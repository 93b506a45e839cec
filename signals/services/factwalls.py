"""A case that turns out to be about staff or a principal: it goes behind the wall that it would have had at sending."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.outbox import queue
from audit.actions import Action
from escalation.facts import Facts
from signals import access
from signals.answers import facts_now
from signals.audience import shut_out
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Barred, Case, CaseChange, FactsChange, Named, StepOutcome
from signals.models.case import ChangeKind
from signals.models.facts import FactsSource
from signals.routing import route
from signals.rules import DOWN, UP
from signals.services.due import moves_end
from signals.services.handover import hand_over_lapses
from signals.services.left_tasks import tell_owner
from signals.services.openings import openings_end
from signals.services.shares import shares_end_of_case
from signals.told import board_handlers

WALLING = ("staff", "principal")


def wall_by_facts(*, by: User, case: Case, facts: Facts, reason: str, keep_out: tuple[User, ...]) -> None:
    """Let the wall follow from whom the case is about now. Runs in the caller's transaction, on a locked case.

    What is behind a wall stays there when it turns out not to be about staff: the wall is then one by hand, that can be
    taken down.

    Raises:
        RuleError: nobody would be left who could read it.
    """
    now = timezone.now()
    for colleague in keep_out:
        Barred.objects.get_or_create(case=case, user=colleague, defaults={"by": by, "at": now})
    about = _about(case, facts.subject_role)
    if about == case.subject_role and not keep_out:
        return
    was_about_staff = case.subject_role in WALLING
    case.subject_role, case.version = about, case.version + 1
    if about in WALLING and (keep_out or not was_about_staff):
        _put_up(case, by, facts, reason, keep_out)
    elif was_about_staff and about not in WALLING:
        case.wall_reason = reason or _("It turned out not to be about somebody who works here.")
        case.walled_by, case.walled_at = by, now
    case.full_clean()
    case.save()


def _about(case: Case, role: str) -> str:
    """Whom the case is about for the wall: a report about staff among several decides."""
    roles = [role, *(facts.subject_role for facts in map(facts_now, case.signals.order_by("id")))]
    return next((one for one in roles if one in WALLING), role)


def _put_up(case: Case, by: User, facts: Facts, reason: str, keep_out: tuple[User, ...]) -> None:
    now = timezone.now()
    officers, named = board_handlers(case), _named(case, facts)
    if not officers and not named:
        raise RuleError(_("This case needs a wall, and nobody could read it behind that wall. Nothing was changed."))
    if not case.walled:
        why = reason or _("It is about somebody who works here.")
        CaseChange.objects.create(case=case, kind=ChangeKind.WALL, old=DOWN, new=UP, reason=why, by=by, at=now)
    case.walled, case.wall_reason, case.walled_by, case.walled_at = True, "", None, None
    case.named.filter(ended_at=None).update(ended_at=now)
    for user in named:
        Named.objects.create(case=case, user=user, by=by, at=now)
    case.full_clean()
    case.save()
    moves_end(case, all_of_them=True)
    shares_end_of_case(by=by, case=case)
    tell_owner(case)
    hand_over_lapses(by=by, case=case)
    openings_end(case)
    keepers = " ".join(user.reference for user in named)
    details = {"keeper": keepers, "barred": len(keep_out), "from": case.school.reference}
    personal = {"barred": " ".join(user.reference for user in keep_out)} if keep_out else None
    case_event(Action.CASE_WALLED, case=case, by=by, to=access.HANDLE, details=details, personal=personal)
    for person in {*officers, *named} - {by}:
        path = reverse("signals:case", args=[case.reference])
        queue("case.walled", to=person, path=path, reference=case.reference)


def _named(case: Case, facts: Facts) -> list[User]:
    """Who of the school gets it by name, as at sending: only where the board has nobody."""
    shut = shut_out(case)
    return [user for user in route(school=case.school, facts=facts, staff=None).named if user.pk not in shut]


def facts_arrived(*, by: User, reference: str, reason: str) -> bool:
    """True when what this person last changed in the answers of a case, which they may not see now, has this reason."""
    rows = FactsChange.objects.filter(signal__case__reference=reference, source=FactsSource.CORRECTION)
    last = rows.order_by("-pk").first()
    return last is not None and (last.by_id, last.reason) == (by.pk, reason)


def case_of_outcome(*, by: User, step: str) -> str:
    """The number of the case of a step of which this person wrote the last outcome; empty for any other."""
    last = StepOutcome.objects.filter(step__reference=step).select_related("step__case").order_by("-pk").first()
    return last.step.case.reference if last and last.recorded_by_id == by.pk else ""
