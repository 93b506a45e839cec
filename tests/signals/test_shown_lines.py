"""The lines of a case and of the log as HTML: every value is escaped, and they read as the date filter would say it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.utils import translation

from accounts.saving import row_check, rows_insert
from signals.chronology import Entry
from signals.models import Case, Person, Signal
from signals.trail import TrailLine
from tests.conftest import World

EVIL = '<b onclick="x">&'
SAFE = "&lt;b onclick=&quot;x&quot;&gt;&amp;"
AT = datetime(2026, 11, 5, 8, 7, 9, tzinfo=UTC)


def entries(tag: str, *found: Entry) -> str:
    return Template("{% load lines %}{% timeline_entries found " + tag + " %}").render(Context({"found": found}))


def trail(tag: str, *found: TrailLine) -> str:
    return Template("{% load lines %}{% trail_lines found " + tag + " %}").render(Context({"found": found}))


def test_every_value_of_a_line_is_escaped() -> None:
    shown = entries("", Entry(AT, "note", EVIL, EVIL, EVIL + "\n" + EVIL, [(EVIL, EVIL)]))
    assert "<b " not in shown
    assert shown.count(SAFE) == 6
    assert f"{SAFE}<br>{SAFE}" in shown
    line = trail("", TrailLine(AT, EVIL, EVIL, refused=True, reference=EVIL, alarm=True, times=3))
    assert "<b " not in line
    assert line.count(SAFE) == 4


def test_a_line_says_when_and_leaves_out_what_it_should() -> None:
    entry = Entry(AT, "note", "", "Note", "A story", [("Box", "More")])
    with translation.override("nl"):
        assert '<time datetime="2026-11-05T09:07:09+01:00">5 november 09:07</time></p>' in entries("", entry)
    with translation.override("en"):
        assert "5 November 09:07" in entries("", entry)
    assert "<h4" in entries('"4"', entry)
    without = entries("without_text=True", entry)
    assert "Note" in without
    assert "A story" not in without
    assert "More" not in without


def test_a_line_of_the_log_in_its_place() -> None:
    line = TrailLine(AT, "Noor", "read it", refused=False, reference="7K3M-9QXD-T4")
    assert ">09:07</time>" in trail("short=True", line)
    assert "?case=7K3M-9QXD-T4" in trail("", line)
    assert "7K3M" not in trail("here=True", line)
    assert "refused" not in trail("", line)


def test_a_row_with_a_wrong_field_or_against_the_rules_is_refused(pupil_signal: Signal, world: World) -> None:
    with pytest.raises(ValidationError):
        row_check(Person(signal=pupil_signal, role="nobody", pupil=world.pupil))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert([Person(signal=pupil_signal, role="subject", pupil=world.pupil, description="Somebody else too")])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert([Case.objects.get(pk=pupil_signal.case_id)])


def test_rows_written_together_point_to_each_other_and_know_their_own_numbers(pupil_signal: Signal) -> None:
    case, signal = Case.objects.get(pk=pupil_signal.case_id), Signal.objects.get(pk=pupil_signal.pk)
    signal.told, signal.opinion, signal.against, signal.observed, signal.on_paper_by_name = "", "", "", "Seen.", ""
    signal.facts = signal.facts | {}
    case.pk, case.reference = None, "2222-2222-22"
    signal.pk, signal.reference, signal.key, signal.case = None, "2222-2222-22", "2222-2222-22", case
    people = [Person(signal=signal, role="witness", description=f"Somebody {number}") for number in range(3)]
    rows_insert([case], [signal], people)
    assert signal.case_id == case.pk
    assert Signal.objects.get(pk=signal.pk).case == Case.objects.get(reference="2222-2222-22") == case
    for person in people:
        assert Person.objects.get(pk=person.pk, signal=signal).description == person.description
