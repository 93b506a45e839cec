"""Sets up a board from one YAML file: schools, people with their roles, pupils and contacts.

The same reader serves a real school (`manage.py board_import`) and the demo. Running it again adds what is new and
corrects sector, municipality and BRIN of a school; what people changed on the screen stays. docs/operations.md
shows the format.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.errors import RoleError
from accounts.hours import read_hours
from accounts.models import Board, Membership, Pupil, School, User
from accounts.people_events import span_details
from accounts.roles import BOARD_ROLES
from accounts.rules import Span
from accounts.services.roles import check_beside
from audit.actions import Action
from audit.record import record
from escalation.duty import ON_DUTY
from escalation.facts import RECIPIENTS
from escalation.loading import DAYS
from escalation.models import Contact


class BoardFileError(ValueError):
    """Something in the file is not right; the message names the entry."""


def read(path: Path) -> dict[str, Any]:
    """Read a board file.

    Raises:
        BoardFileError: not readable, not YAML, or without a board.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BoardFileError(f"{path}: {error}") from error
    if not isinstance(data, dict) or "board" not in data:
        raise BoardFileError(f"{path}: there is no 'board' in this file.")
    return data


@transaction.atomic
def load(data: dict[str, Any], *, password: str | None = None) -> Board:
    """Add everything in the file, or nothing.

    Args:
        data: as read() gives it.
        password: hash of a password for new people; without one they choose theirs by "forgotten password".

    Raises:
        BoardFileError: an entry is not right.
    """
    board: Board = one(partial(_board, data["board"]), "board", data["board"])
    schools = dict(one(partial(_school, board, row), "schools", row) for row in rows(data, "schools"))
    for row in rows(data, "people"):
        one(partial(_person, board, schools, row, password), "people", row)
    for row in rows(data, "pupils"):
        one(partial(_pupil, schools, row), "pupils", row)
    for row in rows(data, "contacts"):
        one(partial(_contact, board, schools, row), "contacts", row)
    record(Action.BOARD_IMPORTED, board=board.reference, kind="board", ref=board.reference)
    return board


def rows(data: dict[str, Any], part: str) -> list[Any]:
    """The entries of a part; a part that is left out has none."""
    found = data.get(part) or []
    if not isinstance(found, list):
        raise BoardFileError(f"{part}: this must be a list, each entry after a dash.")
    return found


def one(make: Callable[[], Any], part: str, row: object) -> Any:
    """Run one entry; whatever is wrong names the entry."""
    try:
        return make()
    except BoardFileError:
        raise
    except KeyError as error:
        raise BoardFileError(f"{part}: {row}: {error} is missing or unknown.") from error
    except (ValidationError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BoardFileError(f"{part}: {row}: {error}") from error


def _board(row: dict[str, Any]) -> Board:
    board = Board.objects.filter(name=row["name"]).first() or Board(name=row["name"])
    board.full_clean()
    board.save()
    return board


def _school(board: Board, row: dict[str, Any]) -> tuple[str, School]:
    school = School.objects.filter(board=board, name=row["name"]).first() or School(board=board, name=row["name"])
    school.sector, school.municipality, school.brin = row["sector"], row["municipality"], row.get("brin", "")
    if school.pk is None:  # later it is changed on the screen
        school.region, school.hours = row.get("region", ""), _hours(row)
    school.full_clean()
    school.save()
    return str(row["key"]), school


def _hours(row: dict[str, Any]) -> dict[str, list[str]]:
    """`hours`: {mon: ["08:00", "17:00"], …} in the file."""
    stored = {str(DAYS.index(day)): span for day, span in (row.get("hours") or {}).items()}
    found = read_hours(stored)
    return found.stored() if found else {}


def _person(board: Board, schools: dict[str, School], row: dict[str, Any], password: str | None) -> None:
    email = str(row["email"]).lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name=row["name"])
        if password:
            User.objects.filter(pk=user.pk).update(password=password)
    for place in row["roles"]:
        _membership(user, board, schools, place)


def _membership(user: User, board: Board, schools: dict[str, School], place: dict[str, Any]) -> None:
    at_board = place["role"] in BOARD_ROLES
    school = None if at_board else schools[str(place["school"])]
    ended = place.get("ended_days_ago")
    where = {"user": user, "role": place["role"], "school": school, "board": board if at_board else None}
    if Membership.objects.filter(**where).exists():
        return
    today = timezone.localdate()
    membership = Membership(
        **where,
        starts_on=today - timedelta(days=place.get("started_days_ago", ended or 0)),
        ends_on=today - timedelta(days=ended) if ended else None,
    )
    _may_stand(membership, board)
    membership.full_clean()
    membership.save()
    record(
        Action.ROLE_GRANTED,
        board=board.reference,
        school=school.reference if school else "",
        kind="user",
        ref=user.reference,
        details=span_details(membership),
    )


def _may_stand(membership: Membership, board: Board) -> None:
    """Refuse what the page of people would refuse: an administrator who reads the cases of others."""
    place = membership.school or board
    wanted = Span(membership.role, place.reference, membership.starts_on, membership.ends_on)
    try:
        check_beside(person=membership.user, wanted=wanted, board=board)
    except RoleError as error:
        raise BoardFileError(f"people: {membership.user.email}: {error}") from error


def _pupil(schools: dict[str, School], row: dict[str, Any]) -> None:
    school, born = schools[str(row["school"])], row.get("birth_date")
    if born is not None and not isinstance(born, date):
        raise BoardFileError(f"pupils: {row}: write the birth date as 2012-05-14.")
    if Pupil.objects.filter(school=school, name=row["name"], birth_date=born).exists():
        return
    pupil = Pupil(school=school, name=row["name"], group=row.get("group", ""), birth_date=born)
    pupil.full_clean()
    pupil.save()


def _owner(row: dict[str, Any]) -> User | None:
    """Who keeps a contact right, by e-mail address; somebody of the file or who was there before."""
    if "owner" not in row:
        return None
    found = User.objects.filter(email=str(row["owner"]).lower()).first()
    if found is None:
        raise BoardFileError(f"contacts: {row}: nobody has the e-mail address of the owner.")
    return found


def _contact(board: Board, schools: dict[str, School], row: dict[str, Any]) -> None:
    if row["recipient"] not in (*RECIPIENTS, ON_DUTY):
        raise BoardFileError(f"contacts: {row}: unknown recipient.")
    school = schools[str(row["school"])] if "school" in row else None
    town = "" if school or row.get("whole_board") else row["municipality"]
    place = {"board": board, "school": school, "municipality": town}
    if Contact.objects.filter(**place, recipient=row["recipient"]).exists():
        return
    contact = Contact(
        **place,
        recipient=row["recipient"],
        name=row["name"],
        phone=row.get("phone", ""),
        email=row.get("email", ""),
        **{part: row.get(part, "") for part in ("street", "postcode", "town")},
        hours=_hours(row),
        owner=_owner(row),
        checked_on=timezone.localdate() - timedelta(days=row.get("checked_days_ago", 0)),
    )
    contact.full_clean()
    contact.save()
