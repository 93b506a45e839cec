"""The rules of the house that a machine can check: layers, sizes, who queries, what a template may hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("schoolsafety", "signals", "escalation", "accounts", "audit")
FILE, FUNCTION = 300, 30
# Who may query, beside access.py, services and selectors of an app. All of them are asked by views; none knows one.
QUERYING = {
    "signals/casepeople.py",  # who is in a case
    "signals/caserows.py",  # everything in a case, in one statement
    "signals/follow_filters.py",  # what the follow-up is narrowed by
    "signals/same.py",  # other reports about the same person
    "signals/audience.py",  # the other side of access: who may read this
    "signals/colleagues.py",  # who may receive a share
    "signals/glasses.py",  # what pages show of break-glass
    "signals/awaited.py",  # two of the tabs of lists.py
    "signals/left.py",  # access, as a condition on a task
    "signals/listing.py",
    "signals/lists.py",
    "signals/mywork.py",  # what waits for somebody beside the cases, in one query
    "signals/opened.py",
    "signals/people.py",
    "signals/readable_events.py",  # with scope.py: what access rests on
    "signals/rows.py",  # the explicit rows, which access rests on too
    "signals/scope.py",
    "signals/textsearch.py",  # opens the texts of the cases that access gave it
    "signals/shared.py",  # what was opened to somebody one by one
    "signals/told.py",  # who has to hear of something: access, asked the other way round
    "signals/trail.py",
    "signals/walling.py",  # what can be chosen for a wall
    "escalation/contacts.py",
    "accounts/browsers.py",
    "accounts/content/start.py",  # which keys the database needs
    "accounts/events.py",
    "accounts/grants.py",
    "accounts/kept.py",
    "accounts/people.py",
    "accounts/jobs/beats.py",
    "accounts/jobs/queue.py",
    "accounts/jobs/schedule.py",
    "accounts/mailkinds.py",
    "accounts/postman.py",
    "accounts/receivers.py",
    "accounts/session_store.py",
    "accounts/sessions.py",
    "signals/logcheck.py",
    "schoolsafety/accesscheck/stage.py",  # the invented board of the self-test
    "schoolsafety/boardfile.py",  # setting up a board, from the command line
}


def modules() -> list[Path]:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_layers() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_there_is_something_to_check() -> None:
    assert len(modules()) > 80
    assert len(templates()) > 40


def test_files_are_short() -> None:
    sizes = {short(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name: size for name, size in sizes.items() if size > FILE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{short(path)}:{node.lineno} {node.name}": size
        for path in modules()
        for node, size in functions(path.read_text())
        if size > FUNCTION
    }
    assert long == {}


def functions(source: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Each function with the lines of its body: no signature, docstrings, comments or blank lines."""
    text = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = range(start[0].lineno, (node.end_lineno or 0) + 1) if start else range(0)
            yield node, sum(bool(text[at - 1].strip()) and not text[at - 1].strip().startswith("#") for at in lines)


def test_functions_are_measured_by_the_lines_of_their_body() -> None:
    source = 'def one(\n    a,\n):\n    """Two\n    lines."""\n    # why\n\n    return a\n'
    assert [size for _node, size in functions(source)] == [1]


def test_no_view_queries() -> None:
    views = [path for path in modules() if "views" in short(path)]
    assert len(views) > 8
    assert [short(path) for path in views if re.search(r"\.objects\b|_default_manager|\braw\(", path.read_text())] == []


def test_only_doors_services_and_selectors_query() -> None:
    found = {short(path) for path in modules() if re.search(r"\.objects\.", path.read_text())}
    doors = {
        name
        for name in found
        if re.search(
            r"/(access|file_access|glass_access|work_access|selectors|services)(\.py|/)|/management/|/demo/", name
        )
    }
    assert {name for name in found - doors if not name.startswith("audit/")} == QUERYING


def test_no_raw_sql() -> None:
    """The log writes, seals and verifies in SQL of its own.

    accounts/prepared.py sends statements that Django wrote; accounts/saving.py adds and removes rows. At night
    accounts/jobs/upkeep.py has SQLite count its rows, for which Django has no word.
    """
    written = {short(path) for path in modules() if re.search(r"\.raw\(|\.extra\(|RawSQL|cursor\(", path.read_text())}
    assert {name for name in written if not name.startswith("audit/")} == {
        "accounts/jobs/upkeep.py",
        "accounts/prepared.py",
        "accounts/saving.py",
    }


@pytest.mark.parametrize("word", ["mark_safe", "SafeString", "csrf_exempt", "__all__", "xframe_options_exempt"])
def test_no_module_holds(word: str) -> None:
    """But for the one that fills in the long lists of a case and escapes whatever is put in, see test_markup."""
    for path in modules():
        if (word, short(path)) == ("SafeString", "signals/markup.py"):
            continue
        found = [line for line in path.read_text().splitlines() if word in line and not line.startswith("__all__ = [")]
        assert not found, short(path)


def test_templates_hold_no_unescaped_text_and_nothing_inline() -> None:
    forbidden = {
        "unescaped text": r"\|\s*safe\b|\|\s*safeseq|autoescape\s+off",
        "an inline style": r"<style\b|\sstyle\s*=",
        "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>|javascript:",
        "an inline handler": r"<[^>]*\son[a-z]+\s*=",
        "htmx code in an attribute": r"\shx-(on|vals|vars)\b",
    }
    wrong = [
        f"{short(path)}: {what}"
        for path in templates()
        for what, pattern in forbidden.items()
        if re.search(pattern, path.read_text())
    ]
    assert wrong == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Assets come from this site. Links to sources and organisations are data, and open only when somebody clicks."""
    pattern = r"""(?:https?:)?//[\w.-]+\.\w"""
    assert [short(path) for path in templates() if re.search(pattern, path.read_text())] == []
    styles = [path for path in (ROOT / "static").rglob("*.css")]
    assert styles
    assert [
        short(path) for path in styles if re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", path.read_text())
    ] == []
