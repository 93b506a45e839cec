"""What a handler says of the people in a case."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals import access, rules
from signals.about import Involved
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, CaseChange
from signals.models.case import ChangeKind
from signals.models.signal import PersonRole
from signals.selectors import whole
from signals.services.status import lock


@transaction.atomic
def person_role(*, by: User, case: Case, person: Involved, role: str) -> CaseChange | None:
    """Say what somebody is in the case. It opens and closes the case to nobody; choosing another one undoes it.

    None when nothing changes: the same sent twice.

    Raises:
        RuleError: the case is not in hand.
    """
    locked = lock(case)
    if locked.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can change a role."))
    rows = CaseChange.objects.filter(case__in=whole(locked.pk), kind=ChangeKind.ROLE, old=person.key)
    last = rows.order_by("-at", "-pk").first()
    if role == (last.new if last else PersonRole.SUBJECT):
        return None
    change = CaseChange(case=locked, kind=ChangeKind.ROLE, old=person.key, new=role, by=by, at=timezone.now())
    change.full_clean()
    change.save()
    details = {"role": role}
    case_event(
        Action.CASE_ROLE_SET, case=locked, by=by, to=access.HANDLE, kind="person", ref=person.reference, details=details
    )
    return change
