"""The only door to dossiers: for who handles the case, or what it was put with. A part of `signals.access`.

Whoever reads by a share, by broken glass or follows without the story sees the case, but not this.
"""

from accounts.models import User
from signals import access
from signals.dossier.selectors import cases_in
from signals.models import Case, Dossier

HANDLE = access.HANDLE
CASES = ("case__school", "case__board", "case__joined_to__school", "case__joined_to__board")


def dossier(user: User, reference: str) -> Dossier:
    """Fetch a dossier of a case that this person handles, as they do every case in which what is in it lies now.

    Raises:
        Http404: there is none, or its case is not visible to this person, or a part went where they don't come.
        PermissionDenied: they see the case, but don't handle it.
    """
    found = Dossier.objects.select_related(*CASES, "by", "job").filter(reference=reference).first()
    seen = access.sight(user)
    if found is None or not seen.may(home(found)):
        access.not_found(user, "dossier", reference)
    if not seen.may(home(found), *HANDLE):
        access.forbidden(user, home(found), "dossier needs handling")
    if not _holds(seen, found):
        access.not_found(user, "dossier", reference)
    return found


def home(found: Dossier) -> Case:
    """The case a dossier is of now: the one in which it was made, or what that was put with."""
    return found.case.joined_to or found.case


def before_wall(found: Dossier) -> bool:
    """Whether its letter was approved before a wall came around the case: it tells of the school, and not of the board.

    Of what was approved by an older version that can't be said.
    """
    return home(found).walled and not found.content.get("walled", True)


def among(user: User, rows: list[Dossier]) -> list[Dossier]:
    """Those of which this person handles the case, and those of all that is in it."""
    seen = access.sight(user)
    rows = [row for row in rows if seen.may(home(row), *HANDLE)]
    if _holds(seen, *rows):
        return rows  # nearly always; one query for all of them
    return [row for row in rows if _holds(seen, row)]


def _holds(seen: access.Sight, *found: Dossier) -> bool:
    """Whether somebody handles the cases in which that lies now of which something is in dossiers.

    A report may have gone to another case since, a note or a task back to its own, and behind a wall there.
    """
    return all(seen.may(case.joined_to or case, *HANDLE) for case in cases_in(*found))
