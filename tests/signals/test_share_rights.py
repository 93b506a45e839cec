"""The traps of django-guardian, and the two rows that a share needs: a mistake in either opens nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as Codename
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from accounts.grants import grants_of
from accounts.models import User
from accounts.roles import Permission, Role
from signals import access
from signals.models import Case, CaseUserPermission, Share
from signals.rows import ADD_CODE, READ_CODE, explicit_rows
from signals.services.shares import CODES, share_end
from signals.shared import holds_a_share
from tests.conftest import World, join, send, typed
from tests.sharing import share


def opens(user: User, case: Case) -> set[str]:
    """The permissions by which this case opens to somebody in a new request: list and door must agree."""
    viewer = User.objects.get(pk=user.pk)
    found = {name for name in Permission if access.may(viewer, case, name)}
    listed = {name for name in Permission if access.visible_cases(viewer, name).filter(pk=case.pk).exists()}
    assert found == listed
    assert access.visible_cases(viewer).filter(pk=case.pk).exists() == bool(found)
    return {name.value for name in found}


def codename(code: str) -> Codename:
    return Codename.objects.get(codename=code, content_type__app_label="signals", content_type__model="case")


@pytest.mark.parametrize(
    ("level", "rights"), [("read", {"shared_read"}), ("contribute", {"shared_read", "shared_add"})]
)
def test_a_share_opens_what_its_level_says(world: World, taken_case: Case, level: str, rights: set[str]) -> None:
    given = share(taken_case, world.coordinator, world.teacher, level)
    assert opens(world.teacher, taken_case) == rights
    assert opens(world.author, taken_case) == set()
    share_end(by=world.coordinator, share=given)
    assert opens(world.teacher, taken_case) == set()
    assert not CaseUserPermission.objects.exists(), "nothing stays behind in guardian's table"


def test_the_codes_are_permissions_of_the_case() -> None:
    assert {READ_CODE, ADD_CODE} == {code for codes in CODES.values() for code in codes}
    assert {READ_CODE, ADD_CODE} == {code for code, _name in Case._meta.permissions}


def test_the_codes_stand_in_the_database_and_a_wrong_one_is_an_error(world: World, taken_case: Case) -> None:
    for code in (READ_CODE, ADD_CODE):
        assert codename(code).content_type.model_class() is Case
    with pytest.raises(Codename.DoesNotExist):
        assign_perm("signals.read_shared_cases", world.teacher, taken_case)


def test_an_inactive_user_reads_nothing(world: World, taken_case: Case) -> None:
    """guardian still lists the rows of somebody who is no longer active; the memberships do not."""
    share(taken_case, world.coordinator, world.teacher, "contribute")
    User.objects.filter(pk=world.teacher.pk).update(is_active=False)
    gone = User.objects.get(pk=world.teacher.pk)
    assert list(get_objects_for_user(gone, f"signals.{READ_CODE}", klass=Case, accept_global_perms=False)) == [
        taken_case
    ]
    assert opens(gone, taken_case) == set()


@pytest.mark.parametrize("with_role", [True, False])
def test_a_superuser_reads_nothing_by_being_one(world: World, taken_case: Case, with_role: bool) -> None:
    if with_role:
        join(world.superuser, "teacher", world.school)
    assert opens(world.superuser, taken_case) == set()
    Share.objects.create(**row(world, taken_case, world.superuser))
    assert opens(world.superuser, taken_case) == set(), "a row without the grant"


@pytest.mark.parametrize("way", ["user", "group", "group_with_share", "user_with_share"])
def test_a_permission_on_all_cases_opens_none(world: World, taken_case: Case, way: str) -> None:
    """Django's own permissions, given to a person or a group, say nothing about one case."""
    codes = [codename(READ_CODE), codename(ADD_CODE)]
    if way.startswith("group"):
        group = Group.objects.create(name="Zorgteam")
        group.permissions.set(codes)
        world.teacher.groups.add(group)
    else:
        world.teacher.user_permissions.set(codes)
    if way.endswith("share"):
        Share.objects.create(**row(world, taken_case, world.teacher))
    assert opens(world.teacher, taken_case) == set()


def row(world: World, case: Case, colleague: User, **changes: Any) -> dict[str, Any]:
    now = timezone.now()
    base = {"key": uuid.uuid4(), "case": case, "colleague": colleague, "level": "contribute", "reason": "Proef"}
    return {**base, "by": world.coordinator, "created_at": now, "ends_on": timezone.localdate(), **changes}


def test_a_grant_of_a_group_opens_nothing(world: World, taken_case: Case) -> None:
    """There is no table for what guardian grants to groups on a case that it would look into."""
    group = Group.objects.create(name="Zorgteam")
    world.teacher.groups.add(group)
    assign_perm(f"signals.{READ_CODE}", group, taken_case)
    Share.objects.create(**row(world, taken_case, world.teacher))
    assert opens(world.teacher, taken_case) == set()


def test_one_of_the_two_rows_is_not_enough(world: World, taken_case: Case) -> None:
    assign_perm(f"signals.{READ_CODE}", world.teacher, taken_case)
    assign_perm(f"signals.{ADD_CODE}", world.teacher, taken_case)
    assert opens(world.teacher, taken_case) == set(), "a grant without a share"
    given = Share.objects.create(**row(world, taken_case, world.teacher))
    assert opens(world.teacher, taken_case) == {"shared_read", "shared_add"}
    remove_perm(f"signals.{ADD_CODE}", world.teacher, taken_case)
    assert opens(world.teacher, taken_case) == {"shared_read"}, "the grant says what it opens"
    remove_perm(f"signals.{READ_CODE}", world.teacher, taken_case)
    assert opens(world.teacher, taken_case) == set(), "a share without a grant"
    assert given.ended_at is None


@pytest.mark.parametrize(
    "change",
    [{"ends_on": -1}, {"ended": True}, {"colleague": "author"}, {"case": "other"}],
    ids=["expired", "taken back", "of somebody else", "of another case"],
)
def test_a_grant_needs_the_right_share(world: World, taken_case: Case, change: dict[str, Any]) -> None:
    today = timezone.localdate()
    values: dict[str, Any] = {"ends_on": today + timedelta(days=change.get("ends_on", 0))}
    if "ended" in change:
        values |= {"ended_at": timezone.now(), "ended_by": world.coordinator}
    if "colleague" in change:
        values["colleague"] = world.author
    if "case" in change:
        values["case"] = send(world.author, typed(world)).case
    for code in (READ_CODE, ADD_CODE):
        assign_perm(f"signals.{code}", world.teacher, taken_case)
    Share.objects.create(**(row(world, taken_case, world.teacher) | values))
    assert opens(world.teacher, taken_case) == set()


@pytest.mark.parametrize("second", Role.values)
def test_a_second_role_widens_nothing_and_an_administrator_loses_it(
    world: World, taken_case: Case, second: str
) -> None:
    """The other role is at the sister school or at the board, so that it opens nothing of `school` by itself."""
    share(taken_case, world.coordinator, world.teacher, "contribute")
    join(
        world.teacher, second, world.sister_school if second in ("teacher", "coordinator", "principal") else world.board
    )
    wanted = set() if second == Role.ADMINISTRATOR else {"shared_read", "shared_add"}
    assert opens(world.teacher, taken_case) == wanted


def test_administering_another_board_takes_nothing_here(world: World, taken_case: Case) -> None:
    share(taken_case, world.coordinator, world.teacher)
    join(world.teacher, "administrator", world.other_school.board)
    assert opens(world.teacher, taken_case) == {"shared_read"}


def test_a_share_can_not_reach_another_board(world: World, taken_case: Case) -> None:
    """Not by the service, and not by rows that came about in another way."""
    assign_perm(f"signals.{READ_CODE}", world.other_coordinator, taken_case)
    Share.objects.create(**row(world, taken_case, world.other_coordinator))
    assert opens(world.other_coordinator, taken_case) == set()


def test_the_rows_about_somebody_cost_one_query(world: World, taken_case: Case, django_assert_num_queries: Any) -> None:
    share(taken_case, world.coordinator, world.sister_coordinator)
    viewer = User.objects.get(pk=world.sister_coordinator.pk)
    grants_of(viewer)
    with django_assert_num_queries(1):
        explicit_rows(viewer)


def test_who_holds_a_share_counts_as_a_reader_until_it_is_over(world: World, taken_case: Case) -> None:
    assert not holds_a_share(world.teacher)
    given = share(taken_case, world.coordinator, world.teacher)
    assert holds_a_share(world.teacher)
    assert not holds_a_share(world.author)
    Share.objects.filter(pk=given.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not holds_a_share(world.teacher)
    share_end(by=world.coordinator, share=share(taken_case, world.coordinator, world.teacher))
    assert not holds_a_share(world.teacher)


def test_the_database_agrees(world: World, taken_case: Case) -> None:
    """The rules on one row are constraints as well."""
    now = timezone.now()
    wrong: list[dict[str, Any]] = [
        {"reason": ""},
        {"colleague": world.coordinator},
        {"ended_at": now},
        {"ended_by": world.coordinator},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Share.objects.create(**(row(world, taken_case, world.teacher) | values))
    Share.objects.create(**row(world, taken_case, world.teacher))
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(**row(world, taken_case, world.teacher))
    with pytest.raises(ValidationError):
        Share(**row(world, taken_case, world.author, level="handle")).full_clean()
