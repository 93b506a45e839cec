"""Which cases somebody sees. One rule, said twice side by side: as queries for lists, as a test for one case.

What roles give is a set of schools or boards; what explicit rows give is a list of cases. Each is an index scan of its
own: put together with OR in one query they cost 30 to 2,000 times more at a million cases.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet

from accounts.marks import keys
from signals import rules
from signals.models import Case


class Placed(Protocol):
    """As much of a case as tells who sees it."""

    @property
    def pk(self) -> int: ...
    @property
    def school_id(self) -> int: ...
    @property
    def board_id(self) -> int: ...
    @property
    def walled(self) -> bool: ...
    @property
    def status(self) -> str: ...


class Place(NamedTuple):
    """The same of a row that is no object."""

    pk: int
    school_id: int
    board_id: int
    walled: bool
    status: str


@dataclass(frozen=True)
class Reach:
    """Disjoint queries that together are the cases somebody sees. It filters like a queryset.

    dress: what a page adds to its rows, see paging; the scans themselves stay bare.
    """

    scans: tuple[QuerySet[Case], ...]
    dress: Callable[[QuerySet[Case]], QuerySet[Case]] | None = None

    def filter(self, *args: Any, **kwargs: Any) -> "Reach":
        return self.each(lambda scan: scan.filter(*args, **kwargs))

    def each(self, change: Callable[[QuerySet[Case]], QuerySet[Case]]) -> "Reach":
        return replace(self, scans=tuple(change(scan) for scan in self.scans))

    def taken(self, ordered: QuerySet[Case], size: int) -> QuerySet[Case]:
        """The first rows of one of the scans, dressed.

        The keys are found first, within the same statement: an index alone gives them. Joined before the cut, the same
        list reads all of a scope's cases, and the table of all schools to go with them.
        """
        if self.dress is None:
            return ordered[:size]
        return self.dress(Case.objects.filter(pk__in=ordered.values("pk")[:size]))

    def first(self) -> Case | None:
        """Any of them; for a filter that at most one case passes."""
        return next((case for scan in self.scans if (case := scan.order_by("pk").first())), None)

    def exists(self) -> bool:
        return any(scan.exists() for scan in self.scans)


@dataclass(frozen=True)
class Scope:
    """The cases that somebody sees for some purpose.

    schools: ids of schools whose cases without a wall are seen.
    boards: ids of boards whose walled cases are seen.
    cases: ids of cases that are seen one by one.
    shut: ids of cases that are about this person, or from which they are barred: never seen.
    """

    schools: frozenset[int] = frozenset()
    boards: frozenset[int] = frozenset()
    cases: frozenset[int] = frozenset()
    shut: frozenset[int] = frozenset()

    def holds(self, case: Placed) -> bool:
        """True when this case is seen."""
        if case.pk in self.shut or case.status == rules.JOINED:
            return False
        by_place = case.board_id in self.boards if case.walled else case.school_id in self.schools
        return by_place or case.pk in self.cases

    def reach(self, *, joined: bool = False) -> Reach:
        """The same as queries. A case whose reports went to another one is no longer listed.

        Args:
            joined: leave that to the lists, each of which names the states of its cases. To look at every case whether
                it is in a state that the list does not hold doubles what counting costs.
        """
        scans = []
        if self.schools:
            scans.append(Case.objects.filter(school_id__in=self.schools, walled=False))
        if self.boards:
            scans.append(Case.objects.filter(board_id__in=self.boards, walled=True))
        if one_by_one := self.cases - self.shut:
            # A handful of rows by their key, less what stands above: two conditions with AND, so no OR here either.
            single = Case.objects.filter(pk__in=one_by_one)
            single = single.exclude(school_id__in=self.schools, walled=False)
            scans.append(single.exclude(board_id__in=self.boards, walled=True))
        return Reach(tuple(self._open(scan if joined else scan.exclude(status=rules.JOINED)) for scan in scans))

    def lists(self) -> list[list[int]]:
        """All its ids, for a prepared query that is made from Scope.of_keys()."""
        return [sorted(ids) for ids in (self.schools, self.boards, self.cases - self.shut, self.shut)]

    @classmethod
    def of_keys(cls, *lengths: int) -> "Scope":
        """One with as many marks as there are ids in each list, see accounts.prepared."""
        return cls(*(frozenset(keys(place, count)) for place, count in enumerate(lengths)))

    def by_place(self) -> "Scope":
        """Only the cases of schools and boards."""
        return replace(self, cases=frozenset())

    def one_by_one(self) -> "Scope":
        """Only the cases that were opened to this person one by one."""
        return replace(self, schools=frozenset(), boards=frozenset())

    def _open(self, scan: QuerySet[Case]) -> QuerySet[Case]:
        return scan.exclude(pk__in=self.shut) if self.shut else scan
