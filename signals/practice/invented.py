"""The invented school: its pupils, its staff, whom one would call. It exists in no table.

Everything here has an id below zero. No row of the database has one, so what asks the database about the invented
school finds nothing, and what would save something that belongs to it is refused by a foreign key.
"""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Board, Pupil, School, Sector, User
from accounts.roles import Role
from escalation.hats import function_name
from signals.audience import Reader
from signals.people import Found

INVENTED = -1
ADULT = frozenset({Sector.HBO.value, Sector.WO.value})
AGES = {"ko": 3, "po": 10, "vo": 15, "mbo": 17, "hbo": 20, "wo": 20}
NAMES = ("Fenna Oefening", "Daan Verzonnen", "Noor Voorbeeld", "Sem Bestaatniet")
GROUPS = {"ko": "Bengels", "po": "groep 7", "vo": "4V2", "mbo": "ZW2B", "hbo": "jaar 1", "wo": "jaar 1"}
HOURS = {str(day): ["08:00", "17:00"] for day in range(5)}
DAYS_OF_A_YEAR = 366


def school(sector: str) -> School:
    """The practice school, of the sector in which somebody works; open on weekdays, with the holidays of the middle."""
    return School(
        pk=INVENTED,
        reference="",
        board=Board(pk=INVENTED, reference="", name=_("Practice board")),
        name=_("Practice school"),
        sector=sector,
        municipality=_("Practice town"),
        region="" if sector == Sector.KO else "midden",
        hours=HOURS,
    )


def pupils(sector: str) -> list[Pupil]:
    """Four invented pupils, two of an age that the list knows and two of whom it does not."""
    born = timezone.localdate() - timedelta(days=DAYS_OF_A_YEAR * AGES[sector])
    return [
        Pupil(
            pk=-number,
            reference=f"P{number}",
            school_id=INVENTED,
            name=name,
            group=GROUPS[sector],
            birth_date=date(born.year, born.month, 1) if number % 2 else None,
        )
        for number, name in enumerate(NAMES, 1)
    ]


def staff() -> list[tuple[User, str]]:
    """An invented teacher and an invented principal, with their roles."""
    return [
        (User(pk=-11, reference="S1", name="Kim Nepnaam", email="", is_active=False), Role.TEACHER.value),
        (User(pk=-12, reference="S2", name="Bo Nepnaam", email="", is_active=False), Role.PRINCIPAL.value),
    ]


def everybody(sector: str) -> list[Found]:
    """Everybody whom a report can be about."""
    here = frozenset({INVENTED})
    found = [Found(f"pupil:{row.reference}", row.name, row.group, here, pupil=row) for row in pupils(sector)]
    for user, role in staff():
        boss = role == Role.PRINCIPAL
        found.append(
            Found(f"staff:{user.reference}", user.name, function_name(role, sector), here, user=user, is_principal=boss)
        )
    return found


def search(query: str, sector: str) -> list[Found]:
    """Those whose name holds every word; everybody when nothing is asked, for nobody knows invented names."""
    words = query.casefold().split()
    return [one for one in everybody(sector) if all(word in one.name.casefold() for word in words)]


def find(value: str, sector: str) -> Found | None:
    """The person behind a value of the form."""
    return next((one for one in everybody(sector) if one.value == value), None)


def readers(sector: str, *, walled: bool) -> list[Reader]:
    """Who would read it, by function: there are no people."""
    at = _("Practice school")
    if walled:
        officer = function_name(Role.BOARD_OFFICER, sector)
        return [Reader(_("Practice board"), officer, _("handles what is behind a wall, outside the school"))]
    coordinator, principal = function_name(Role.COORDINATOR, sector), function_name(Role.PRINCIPAL, sector)
    return [
        Reader(at, coordinator, _("handles the concerns of this school")),
        Reader(at, principal, _("follows whether the steps are taken"), on_request=True),
    ]


def number(position: int) -> str:
    """A number that nobody can have: no Dutch number starts with two zeros and another zero."""
    return f"000 000 00 {position % 100:02d}"
