"""Who can read this? The same policy as `access`, asked the other way round and told by name."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import memberships_on
from accounts.models import Membership, School, User
from accounts.roles import POLICY, Permission, Role
from escalation.texts import recipient_name
from signals.models import Case, Person

CALLED = {Role.COORDINATOR.value: "care_coordinator", Role.PRINCIPAL.value: "principal"}


@dataclass(frozen=True)
class Reader:
    """One person and the rule that lets them read; `on_request`: only after giving a reason."""

    name: str
    function: str
    rule: str
    on_request: bool = False


def readers(*, school: School, walled: bool, about: frozenset[int], writers: tuple[User, ...] = ()) -> list[Reader]:
    """Everybody who can read the story of a report.

    Args:
        school: where it was written.
        walled: about staff or a principal.
        about: ids of the users it is about; they never read it.
        writers: who wrote the reports in it; one who no longer works there can't read their own any more.
    """
    place = Q(school=school) | Q(board_id=school.board_id)
    rows = list(
        Membership.objects.filter(memberships_on(timezone.localdate()), place)
        .exclude(user_id__in=about)
        .select_related("user")
        .order_by("role", "user__name")
    )
    still = {row.user_id for row in rows if Permission.SIGNAL_WRITE in POLICY[row.role]}
    found = [Reader(user.name, _("writer"), _("wrote it")) for user in writers if user.pk in still]
    found += [reader for row in rows if (reader := _reader(row, walled, school.sector))]
    return sorted(found, key=lambda reader: reader.on_request)


def readers_of(case: Case) -> list[Reader]:
    """Everybody who can read the story of a case."""
    people = Person.objects.filter(signal__case=case, user__isnull=False)
    about = frozenset(pk for pk in people.values_list("user_id", flat=True) if pk)
    writers = tuple(User.objects.filter(pk__in=case.signals.values("author_id")).order_by("name"))
    return readers(school=case.school, walled=case.walled, about=about, writers=writers)


def _function(row: Membership, sector: str) -> str:
    """The function as this sector calls it: a primary school has no "zorgcoördinator"."""
    if row.role not in CALLED:
        return str(row.get_role_display())
    name = recipient_name(CALLED[row.role], sector)
    return name[:1].lower() + name[1:]


def _reader(row: Membership, walled: bool, sector: str) -> Reader | None:
    granted = POLICY[row.role]
    function = _function(row, sector)
    if walled:
        if row.board_id is None or Permission.WALLED_HANDLE not in granted:
            return None
        return Reader(row.user.name, function, _("handles concerns about staff, outside the school"))
    if row.school_id is None:
        return None
    if Permission.CASE_HANDLE in granted:
        return Reader(row.user.name, function, _("handles the concerns of this school"))
    if Permission.CASE_FOLLOW in granted:
        return Reader(
            row.user.name,
            function,
            _("follows whether the steps are taken"),
            on_request=True,
        )
    return None
