"""The demo, and the database it runs on: real processes, as `make demo` starts them."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.factors.demo import SECRET
from tests.template import sqlite

ROOT = Path(__file__).parents[2]
FROM_THE_TESTS = frozenset({"DEMO", "DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"})


def manage(database: Path, *arguments: str, demo: bool = True) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in FROM_THE_TESTS}
    env |= {"SECRET_KEY": "only-for-tests", "HTTPS": "False", "DATABASE_URL": f"sqlite:///{database}"}
    env |= {"DEMO": "1"} if demo else {}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A filled demo and what the command said."""
    database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copyfile(sqlite(), database)
    assert manage(database, "migrate", "--verbosity", "0").returncode == 0
    done = manage(database, "demo")
    assert done.returncode == 0, done.stderr
    return database, done.stdout


def rows(database: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def counts(database: Path) -> list[Any]:
    tables = rows(database, "select name from sqlite_master where type='table' order by name")
    return [(name, rows(database, f'select count(*) from "{name}"')) for (name,) in tables]  # noqa: S608


def test_any_other_database_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "school.sqlite3"
    refused = manage(database, "demo")
    assert refused.returncode != 0
    assert "demo.sqlite3" in refused.stderr
    assert not database.exists()


def test_without_demo_it_is_refused(demo: tuple[Path, str]) -> None:
    database, _said = demo
    before = counts(database)
    refused = manage(database, "demo", demo=False)
    assert refused.returncode != 0
    assert "nothing was changed" in refused.stderr
    assert counts(database) == before


def test_every_kind_of_person_can_log_in(demo: tuple[Path, str]) -> None:
    _database, said = demo
    for name in ("teacher", "coordinator", "principal", "board", "privacy", "admin"):
        assert f"{name}@demo.example" in said


def test_who_needs_a_second_step_has_one(demo: tuple[Path, str]) -> None:
    """Their secret is one that everybody may know, and still not written down in the database."""
    database, said = demo
    apps = rows(
        database, "select u.email from mfa_authenticator a join accounts_user u on u.id = a.user_id where type='totp'"
    )
    emails = {email for (email,) in apps}
    assert {f"{name}@demo.example" for name in ("coordinator", "principal", "board", "privacy", "admin")} <= emails
    assert "teacher@demo.example" in emails, "a case is shared with them"
    assert "t.aydin@merendalcollege.example" not in emails, "a teacher who only reports"
    assert SECRET not in str(rows(database, "select data from mfa_authenticator"))
    assert "the page shows it" in said


def test_twice_is_once(demo: tuple[Path, str]) -> None:
    database, said = demo
    before = counts(database)
    again = manage(database, "demo")
    assert again.returncode == 0
    assert counts(database) == before
    assert "Filled" in said
    assert "Filled" not in again.stdout


def test_the_mail_that_was_sent_stands_on_a_page(demo: tuple[Path, str]) -> None:
    """In a folder, whatever mail server is set; and the address exists only in the demo."""
    database, _said = demo
    script = (
        "from django.conf import settings; from django.core.management import call_command;"
        "from django.test import Client; plain = 'django.contrib.staticfiles.storage.StaticFilesStorage';"
        "settings.STORAGES['staticfiles']['BACKEND'] = plain;"
        "call_command('mail_send'); print(Client(headers={'host': '127.0.0.1'}).get('/demo/post/').content.decode())"
    )
    done = manage(database, "shell", "--no-imports", "-v", "0", "-c", script)
    assert "s.vanrijn@merendalcollege.example" in done.stdout, done.stderr
    assert 'href="/uitnodiging/' in done.stdout
    assert (database.parent / "demo-mail").is_dir()


def test_no_closed_case_has_an_open_must(demo: tuple[Path, str]) -> None:
    database, _said = demo
    assert rows(database, "select count(*) from signals_case where status='closed'")[0][0] > 0
    query = """select c.reference, s.recipient from signals_case c join signals_step s on s.case_id = c.id
               where c.status = 'closed' and s.obligation = 'must' and s.state = 'open'"""
    assert rows(database, query) == []


def test_the_history_lies_in_the_past_and_in_order(demo: tuple[Path, str]) -> None:
    """Now, with its fraction: what was written this second is not in the future."""
    database, _said = demo
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    assert rows(database, f"select count(*) from signals_signal where entered_at > {now}") == [(0,)]  # noqa: S608
    late = "select count(*) from signals_case where taken_at < created_at or closed_at < taken_at"
    assert rows(database, late) == [(0,)]
    assert rows(database, f"select count(*) from audit_event where occurred_at > {now}") == [(0,)]


def test_a_share_holds_and_another_has_expired(demo: tuple[Path, str]) -> None:
    database, _said = demo
    query = """select s.ends_on >= date('now') from signals_share s join accounts_user u on u.id = s.colleague_id
               where u.email = 'teacher@demo.example' and s.ended_at is null order by 1"""
    assert rows(database, query) == [(0,), (1,)]


def test_there_is_a_case_of_three_school_years_and_one_about_two_pupils(demo: tuple[Path, str]) -> None:
    database, _said = demo
    years = "select count(distinct strftime('%Y', created_at, '-7 months')) from signals_note group by case_id"
    assert max(rows(database, years)) == (3,)
    pupils = (
        "select count(distinct p.pupil_id) from signals_person p join signals_signal s on s.id = p.signal_id "
        "group by s.case_id"
    )
    assert max(rows(database, pupils)) == (2,)
    (about,) = rows(database, "select count(distinct person) from signals_note where person <> ''")
    assert about == (2,), "and notes about one of them"


def test_the_file_survives_a_power_cut(tmp_path: Path) -> None:
    """Write-ahead log, and every commit on the disk before it is acknowledged."""
    script = (
        "from django.db import connection as c; k = c.cursor();"
        "print([k.execute('pragma ' + p).fetchone()[0] for p in ('journal_mode', 'synchronous', 'foreign_keys')])"
    )
    done = manage(tmp_path / "fresh.sqlite3", "shell", "--no-imports", "-v", "0", "-c", script, demo=False)
    assert done.stdout.strip().splitlines()[-1] == "['wal', 2, 1]", done.stderr


def test_no_secret_no_start(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in FROM_THE_TESTS}
    command = [sys.executable, "manage.py", "check"]
    nothing = {"SECRET_KEY": "", "DATABASE_URL": ""}  # goes before the .env that `make setup` made
    for known, missing in ((nothing, "SECRET_KEY"), (nothing | {"SECRET_KEY": "x"}, "DATABASE_URL")):
        done = subprocess.run(
            command, cwd=ROOT, env=env | known, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode != 0
        assert f"{missing} is not set." in done.stderr
