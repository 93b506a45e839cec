"""The logbook as a file: what is in it, what can't be in it, and that taking it is recorded first."""

import csv
import io
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from audit.actions import Action
from audit.models import AuditEvent
from audit.record import record
from signals import trail_export
from signals.models import Case, Signal
from signals.trail_export import cell
from tests.conftest import World

CSV, XLSX = reverse("signals:trail-csv"), reverse("signals:trail-xlsx")
HEADING = ["When", "Who", "Role", "What", "Kind", "Refused", "Case", "Reference of the event"]


def download(login: Any, user: User, address: str, expect: int = 200) -> HttpResponse:
    client = login(user)
    client.cookies["django_language"] = "en"
    response = client.get(address)
    assert response.status_code == expect
    return response


def csv_rows(response: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def xlsx_rows(response: HttpResponse) -> list[list[str]]:
    book = load_workbook(io.BytesIO(response.content))
    rows = [[value or "" for value in row] for row in book.active.iter_rows(values_only=True)]
    return [row if row[-1] else row[:1] for row in rows]


def read(login: Any, user: User, query: str = "") -> list[list[str]]:
    """The same from both files."""
    as_csv = csv_rows(download(login, user, CSV + query))
    as_xlsx = xlsx_rows(download(login, user, XLSX + query))
    mine = {
        str(event) for event in AuditEvent.objects.filter(actor_ref=user.reference).values_list("event_uuid", flat=True)
    }
    assert [row for row in as_csv if row[-1] not in mine] == [row for row in as_xlsx if row[-1] not in mine]
    return as_csv


def test_a_line_tells_when_who_what_and_which(world: World, taken_case: Case, login: Any) -> None:
    heading, *rows = read(login, world.principal, f"?person={world.coordinator.reference}&kind=changes")
    assert heading == HEADING
    event = AuditEvent.objects.get(action=Action.CASE_TAKEN)
    [row] = [row for row in rows if row[-1] == str(event.event_uuid)]
    assert row[1:7] == ["Coordinator", "care coordinator", "took the case", "Changes", "", taken_case.reference]
    assert len(row[0]) == len("2026-11-22 10:42:03")
    assert {row[1] for row in rows} == {"Coordinator"}


def test_the_files_hold_what_the_page_would_show(
    world: World, pupil_signal: Signal, walled_signal: Signal, login: Any
) -> None:
    def cases(user: User) -> set[str]:
        return {row[6] for row in read(login, user)[1:] if row[6]}

    assert cases(world.principal) == {pupil_signal.case.reference}
    assert cases(world.privacy_officer) == {pupil_signal.case.reference, walled_signal.case.reference}
    assert cases(world.teacher) == cases(world.subject) == cases(world.other_coordinator) == set()


def test_a_file_is_a_download_that_no_browser_guesses_about(world: World, login: Any) -> None:
    for address, ending, media in ((CSV, "csv", "text/csv; charset=utf-8"), (XLSX, "xlsx", "application/vnd.openxml")):
        response = download(login, world.principal, address)
        assert response["Content-Type"].startswith(media)
        assert response["Content-Disposition"].startswith('attachment; filename="logbook-')
        assert response["Content-Disposition"].endswith(f'.{ending}"')
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
    assert download(login, world.principal, CSV).content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", " =1", "\n=1"])
def test_no_cell_becomes_a_formula(world: World, login: Any, start: str) -> None:
    User.objects.filter(pk=world.author.pk).update(name=f"{start.replace(chr(0), '')}cmd|' /C calc'!A0")
    assert cell(start).startswith("'")
    record(Action.CASE_NOTED, actor=world.author.reference, school=world.school.reference)
    for rows in (
        csv_rows(download(login, world.principal, CSV)),
        xlsx_rows(download(login, world.principal, XLSX)),
    ):
        [name] = {row[1] for row in rows if "calc" in row[1]}
        assert name.startswith("'")


def test_what_no_file_can_hold_is_left_out() -> None:
    assert cell("a\x00b\x0b\x1fc\ud800d") == "abcd"
    assert cell("plain – ’text’") == "plain – ’text’"


def test_an_export_is_recorded_with_its_filter(world: World, login: Any) -> None:
    for address, form in ((CSV, "csv"), (XLSX, "xlsx")):
        download(login, world.principal, address + "?kind=logins&case=Noor&since=2020-01-31")
        event = AuditEvent.objects.latest("id")
        assert event.action == Action.TRAIL_EXPORTED
        assert event.actor_ref == world.principal.reference
        assert event.details == {
            "format": form,
            "events": 0,
            "capped": False,
            "kind": "logins",
            "since": "2020-01-31",
        }


def test_nothing_is_sent_that_is_not_recorded(world: World, login: Any, monkeypatch: Any) -> None:
    written: list[int] = []

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("signals.views.trail.private_event", fail)
    monkeypatch.setattr("signals.views.trail.rows", lambda *args, **kwargs: written.append(1))
    with pytest.raises(RuntimeError):
        download(login, world.principal, CSV)
    assert not written


def test_too_many_lines_are_said_to_be_missing(world: World, login: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("signals.views.trail.MOST", 5)
    for _number in range(6):
        record(Action.CASE_NOTED, actor=world.author.reference, school=world.school.reference)
    query = f"?person={world.author.reference}"
    rows = read(login, world.principal, query)
    assert len(rows) == 1 + 5 + 1
    assert rows[-1][0].startswith("There are older lines. Only the newest 10,000 are here")
    assert AuditEvent.objects.latest("id").details["capped"] is True
    monkeypatch.setattr("signals.views.trail.MOST", 6)
    assert len(read(login, world.principal, query)) == 1 + 6


def test_a_wrong_day_leads_back_to_the_page_that_says_so(world: World, login: Any) -> None:
    response = download(login, world.principal, CSV + "?since=x&kind=reading", 302)
    assert response["Location"] == reverse("signals:trail") + "?since=x&kind=reading"
    assert not AuditEvent.objects.filter(action=Action.TRAIL_EXPORTED).exists()


def test_the_page_leads_to_the_same_filter(world: World, pupil_signal: Signal, login: Any) -> None:
    client = login(world.principal)
    html = client.get(reverse("signals:trail") + f"?person={world.author.reference}&refused=").content.decode()
    assert f"{CSV}?person={world.author.reference}&quot;" not in html
    assert f'href="{CSV}?person={world.author.reference}"' in html


def test_the_largest_file_is_what_the_page_promises() -> None:
    assert trail_export.MOST == 10_000
