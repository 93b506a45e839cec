"""The self-test that an installation runs on its own database: it finds what is wrong, and leaves nothing behind."""

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import roles
from accounts.roles import Permission, Role
from schoolsafety.accesscheck import plan, sheet, walk
from schoolsafety.accesscheck.walk import Outcome
from signals import access
from signals.scope import Scope
from tests.architecture.test_matrix import rows
from tests.browser.chromium import has_pango
from tests.conftest import World

# Four on SQLite; on PostgreSQL, where asking takes longer, two of them.
SOME = ("coordinator", "visitor", "reader", "glass_over")[: 2 if connection.vendor == "postgresql" else 4]


@pytest.mark.long
def test_nothing_is_amiss_and_nothing_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that counts: on a busy machine the real one lets the stage be built anew after every few requests."""
    ticks = count(step=walk.MOST_SECONDS / 600)
    monkeypatch.setattr(walk, "monotonic", lambda: next(ticks))
    before = rows()
    found = walk.run(SOME)
    assert found.surprises == []
    assert found.asked > 500
    assert rows() == before


def test_everybody_and_every_case_has_words() -> None:
    assert set(plan.KNOWS) == set(plan.CASES)
    assert {person for who in plan.KNOWS.values() for person in who} <= set(plan.PEOPLE)


@pytest.fixture
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """One page of a list and one of a case are enough to find what was broken for the test."""
    asks = [ask for ask in walk.asks() if ask.name in ("signals:desk", "signals:case")]
    monkeypatch.setattr(walk, "asks", lambda: iter(asks))


@pytest.mark.usefixtures("few_pages")
def test_a_role_that_may_too_much_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.POLICY, Role.TEACHER, roles.POLICY[Role.TEACHER] | {Permission.CASE_HANDLE})
    found = walk.run(["teacher"]).surprises
    assert any("signals:case taken as teacher: answered 200, expected hidden" in line for line in found)
    assert any("shows the story of: taken" in line for line in found)


@pytest.mark.usefixtures("few_pages")
def test_a_role_that_may_too_little_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.POLICY, Role.COORDINATOR, roles.POLICY[Role.COORDINATOR] - {Permission.CASE_HANDLE})
    assert any(
        "signals:desk as coordinator: answered 404, expected open" in x for x in walk.run(["coordinator"]).surprises
    )


@pytest.mark.usefixtures("few_pages")
def test_who_is_outside_comes_to_the_log_in_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also whose account was closed while they were logged in; and it is found when that session still opens."""
    assert walk.run(sorted(plan.OUTSIDE)).surprises == []
    monkeypatch.setattr(ModelBackend, "user_can_authenticate", lambda self, user: True)
    assert any("signals:desk as closed" in line for line in walk.run(["closed"]).surprises)


@pytest.mark.usefixtures("few_pages")
def test_a_case_about_oneself_that_opens_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The officer handles what is behind a wall; take away the rule that keeps them from what is about them."""
    monkeypatch.setattr(access.Sight, "shut", frozenset())
    found = walk.run(["officer_subject"]).surprises
    assert any("signals:case about_officer as officer_subject" in line for line in found)


@pytest.mark.usefixtures("few_pages")
def test_a_wall_with_a_hole_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scope, "holds", lambda self, case: case.school_id in self.schools or case.pk in self.cases)
    assert any("signals:case staff as coordinator" in line for line in walk.run(["coordinator"]).surprises)


def test_a_page_that_the_plan_does_not_know_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(plan.OPEN, "signals:trail")
    assert any(line.startswith("signals:trail: there is such a page") for line in walk.run([]).surprises)


def said(monkeypatch: pytest.MonkeyPatch, surprises: list[str]) -> None:
    monkeypatch.setattr(
        "schoolsafety.management.commands.access_check.run", lambda: Outcome(asked=7, surprises=surprises)
    )


@pytest.mark.skipif(
    not has_pango() and os.environ.get("CI") != "true", reason="no Pango: apt install libpango-1.0-0 libpangoft2-1.0-0"
)
def test_the_command_prints_a_sheet_and_a_pdf(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(monkeypatch, [])
    call_command("access_check", pdf=tmp_path / "sheet.pdf")
    text = capsys.readouterr().out
    assert "Alles was zoals verwacht" in text
    assert "Handtekening: ____" in text
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")


def test_any_surprise_ends_with_status_1(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(monkeypatch, ["GET signals:case new as teacher: answered 200, expected hidden"])
    with pytest.raises(CommandError) as error:
        call_command("access_check")
    assert error.value.returncode == 1
    assert "GET signals:case new as teacher" in capsys.readouterr().out


def test_the_sheet_says_who_sees_what(db: None, settings: Any) -> None:
    found = sheet.sheet(Outcome(asked=3))
    by_case = dict(found.rows)
    assert len(by_case) == len(plan.CASES)
    assert all(len(who) >= 2 for who in by_case.values())
