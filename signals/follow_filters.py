"""What the follow-up is narrowed by: codes in the address, so that it can be passed on. A filter only ever takes away.

Kept apart from the desk's filters: whoever follows chooses a school, and only what was not done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from signals import rules
from signals.listing import follow_counts
from signals.lists import follow_tabs
from signals.looked_up import there_is
from signals.models import Step
from signals.paging import capped_count
from signals.scope import Reach, Scope
from signals.selectors import schools_in

LABELS = {"school": gettext_lazy("School"), "undone": gettext_lazy("Not done")}
YES = "yes"


@dataclass(frozen=True)
class Narrowed:
    """What counts, each empty when it does not narrow; schools: what can be chosen; wrong: names that say nothing."""

    school: str
    undone: str
    schools: list[tuple[str, str]]
    wrong: list[str]

    def __bool__(self) -> bool:
        return bool(self.school or self.undone)

    @property
    def codes(self) -> dict[str, str]:
        return {name: code for name in LABELS if (code := getattr(self, name))}

    @property
    def query(self) -> str:
        return urlencode(self.codes)

    @property
    def wrong_words(self) -> str:
        """That a part of the address says nothing; a school that one does not follow is no different from none."""
        names = ", ".join(str(LABELS[name]) for name in self.wrong)
        text = _("A part of this link is not right, or no longer: %(names)s. It does not count; the rest does.")
        return text % {"names": names} if names else ""


def read(given: Mapping[str, str], scope: Scope) -> Narrowed:
    """The filters in an address, of who sees `scope`."""
    several = len(scope.schools) > 1 or bool(scope.boards)
    schools = schools_in(scope) if several or given.get("school") else []
    asked = {"school": given.get("school", ""), "undone": given.get("undone", "")}
    known = {"school": {reference for reference, _name in schools}, "undone": {YES}}
    codes = {name: code if code in known[name] else "" for name, code in asked.items()}
    return Narrowed(**codes, schools=schools, wrong=[name for name, code in asked.items() if code and not codes[name]])


def narrow(cases: Reach, narrowed: Narrowed, now: datetime) -> Reach:
    """The cases that pass."""
    if narrowed.school:
        cases = cases.filter(school__reference=narrowed.school)
    return cases.filter(_undone(now)) if narrowed.undone else cases


def counts(scope: Scope, user: User, narrowed: Narrowed, now: datetime) -> dict[str, str]:
    """How many cases each tab holds. Without a filter, as almost always, the one statement that is kept ready."""
    if not narrowed:
        return follow_counts(scope, user, now)
    tabs = follow_tabs(narrow(scope.reach(), narrowed, now), now)
    return {name: capped_count(cases) for name, cases in tabs.items()}


def _undone(now: datetime) -> Q:
    """A step that was decided against or does not apply, or one that had to be done before now and was not."""
    steps = Step.objects.filter(case=OuterRef("pk"))
    declined = steps.filter(state__in=(rules.STEP_DECLINED, rules.STEP_NOT_APPLICABLE))
    late = steps.filter(state=rules.STEP_OPEN, obligation="must", lapsed_by=None, due_at__lt=now)
    return Q(there_is(declined)) | Q(there_is(late), status__in=rules.OPEN)
