"""Lists with many other cases around them: how many queries they take, and what no query may hold.

The data are those of `make bench-scale` made smaller, so that what builds them is run here on both databases.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.content.migrating import encrypt_rows
from accounts.models import User
from signals.models import Case, CaseUserPermission, Share, Step
from tests.bench.scale.build import build
from tests.bench.scale.looking import seen_in
from tests.bench.scale.ors import alternatives
from tests.bench.scale.pages import GUEST_ID, Page, pages
from tests.bench.scale.shape import Shape

ALL = Shape(schools=50, each=40, board=30, pupils=5)
CUT = Shape(schools=50, each=40, board=30, pupils=5, cut=400)
LISTS = [page.name for page in pages(ALL, 0) if page.limited]
# Queries of a list: session with whose it is, explicit rows with what stands beside the list, counts and rows, event.
COSTS = {
    "coordinator": 4,
    "coordinator of three schools": 4,
    "board officer of 60 schools": 4,
    "principal": 9,  # and what came up to them
    "teacher with 30 shares": 6,
    "teacher": 3,
}
# Where new cases are shown of which one holds a small report: were there such before?
SHOW_NEW_CASES = (": new", ": week")
PLACE = re.compile(r'"(school_id|board_id|walled)"')
ONE_BY_ONE = re.compile(r'"(id|case_id|content_object_id)" (IN|=)|signals_(share|named|barred|breakglass|caseuser)')
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK", "INSERT INTO audit_personal")

Ask = Callable[[Page], tuple[str, list[str]]]


@pytest.fixture
def ask(login: Any) -> Ask:
    """Gives the text of a page and the statements it took."""

    def get(page: Page) -> tuple[str, list[str]]:
        client: Client = login(User.objects.get(pk=page.who))
        with CaptureQueriesContext(connection) as found:
            response = client.get(page.path)
        assert response.status_code == 200
        return response.content.decode(), [query["sql"] for query in found.captured_queries]

    return get


def lists(shape: Shape) -> list[Page]:
    return [page for page in pages(shape, 0) if page.limited]


def test_the_builder_makes_what_it_says(db: None) -> None:
    assert build(ALL) == 2000 == Case.objects.count()
    guest = Share.objects.filter(colleague__name__isnull=False, colleague_id=GUEST_ID)
    assert [guest.filter(ended_at=None).count(), guest.exclude(ended_at=None).count()] == [50, 10]
    grants = CaseUserPermission.objects.filter(user=guest.first().colleague)
    assert grants.filter(permission__codename="read_shared_case").count() == 50
    assert 80 <= Case.objects.filter(walled=True).count() <= 120
    assert Step.objects.filter(case__status="new").count() == 5 * Case.objects.filter(status="new").count()
    some = Case.objects.filter(pk__in=list(Case.objects.order_by("?").values_list("pk", flat=True)[:20]))
    encrypt_rows(some)
    for case in some:
        case.full_clean()


def test_what_stands_around_changes_nothing_on_a_page(db: None, ask: Ask) -> None:
    """The comparison of `make bench-scale` holds: the same page, the same cases, as many queries."""
    found: dict[int, dict[str, Any]] = {}
    for shape in (CUT, ALL):
        with transaction.atomic():
            build(shape)
            ask(lists(shape)[0])  # the process learns its content types once
            found[bool(shape.cut)] = {page.name: looked(ask(page)) for page in lists(shape)}
            transaction.set_rollback(True)
    assert found[True] == found[False]
    for name, (_seen, queries) in found[False].items():
        cost = COSTS[name.partition(":")[0]]
        assert cost <= queries <= cost + name.endswith(SHOW_NEW_CASES), name


def looked(answer: tuple[str, list[str]]) -> tuple[Any, int]:
    text, queries = answer
    return seen_in(text), sum(not query.startswith(NOT_COUNTED) for query in queries)


def test_no_list_and_no_count_has_an_or_between_a_place_and_single_cases(db: None, ask: Ask) -> None:
    build(ALL)
    further = 0
    for page in lists(ALL):
        text, queries = ask(page)
        if after := re.search(r'href="(\?[^"]*after=[^"]*)"', text):
            address = page.path.partition("?")[0] + after[1].replace("&amp;", "&")
            queries += ask(Page(page.name, page.who, address))[1]
            further += 1
        assert any(PLACE.search(query) for query in queries)
        for query in queries:
            if query.startswith(("SELECT", "(SELECT")):
                assert not mixed(query), query
    assert further >= 4  # pages by key are looked at too


def mixed(query: str) -> bool:
    """True when an OR stands in a group that names a school, a board or a wall."""
    return any(PLACE.search(group) for group in alternatives(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('WHERE "c"."school_id" IN (1) OR "c"."id" IN (2, 3)', True),
        ('WHERE ("c"."board_id" = 1 AND "c"."walled") OR EXISTS (SELECT 1 FROM signals_share)', True),
        ('WHERE "c"."school_id" IN (1) AND ("c"."next_due_at" > 5 OR "c"."next_due_at" IS NULL)', False),
        ("""WHERE "c"."school_id" IN (1) AND "c"."name" = 'this OR that'""", False),
        ('WHERE "c"."id" IN (2, 3) AND NOT ("c"."school_id" IN (1) AND NOT "c"."walled")', False),
    ],
)
def test_an_or_is_found_where_it_stands(query: str, expected: bool) -> None:
    assert mixed(query) is expected
