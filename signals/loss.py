"""What a colleague loses who is added to a case, for who is about to add them: afterwards nobody tells."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from signals import access
from signals.models import Case
from signals.models.work import TaskState


def lost_by(case: Case, user: User) -> list[str]:
    """In sentences what somebody has of a case now and can't open any more; nothing for who is kept out already."""
    seen = access.sight(user)
    if case.pk in seen.shut:
        return []
    found = [_now(case, user, seen)]
    if case.signals.filter(author=user).exists():
        found.append(_("They wrote a report in it. Of that they see no more than what they sent."))
    if case.tasks.filter(assignee=user, state=TaskState.OPEN).exists():
        found.append(_("They have a task in it, that somebody else has to do."))
    return [sentence for sentence in found if sentence]


def _now(case: Case, user: User, seen: access.Sight) -> str:
    if case.owner_id == user.pk:
        return _("The case is theirs now. A colleague has to take it over.")
    if seen.may(case, *access.HANDLE):
        return _("They handle this case now.")
    if seen.may(case, Permission.CASE_FOLLOW):
        return _("They follow now whether the steps of this case are taken.")
    return _("They can read this case now.") if seen.may(case, *access.READ) else ""
