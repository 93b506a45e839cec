"""One file for each version of the protocol: which one holds, what changed, and a mistake stops the start."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from escalation import table
from escalation.changes import differences
from escalation.protocol import (
    PROTOCOLS,
    ProtocolError,
    all_protocols,
    current_protocol,
    load_protocols,
    protocol_of,
    protocol_on,
)

FIRST = (PROTOCOLS / "2026-11.yaml").read_text(encoding="utf-8")
POLICE = """\
      - recipient: police_contact
        obligation: must
        basis: government
        urgency: same_day
"""


def write(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = FIRST
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")


def newer(folder: Path, *changes: tuple[str, str]) -> None:
    """An invented next version beside the first one."""
    write(folder, "2026-11.yaml")
    version = ('version: "2026-11"', 'version: "2027-08"'), ("valid_from: 2026-11-22", "valid_from: 2027-08-01")
    write(folder, "2027-08.yaml", *version, *changes)


def test_each_version_holds_until_the_next_one_does(tmp_path: Path) -> None:
    newer(tmp_path)
    found = load_protocols(tmp_path)
    assert [protocol.version for protocol in found] == ["2026-11", "2027-08"]
    for day, version in (
        (date(2020, 1, 1), "2026-11"),
        (date(2027, 7, 31), "2026-11"),
        (date(2027, 8, 1), "2027-08"),
        (date(2030, 1, 1), "2027-08"),
    ):
        assert protocol_on(day, found).version == version


def test_older_versions_stay_by_name() -> None:
    assert protocol_of("2026-11") is all_protocols()[0]
    assert current_protocol() in all_protocols()
    with pytest.raises(ProtocolError, match="2019-01"):
        protocol_of("2019-01")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([('version: "2026-11"', 'version: "2026-12"')], "begins on 2026-11-22 already"),
        ([("valid_from: 2026-11-22", "valid_from: 2027-01-01")], "version 2026-11 stands in"),
    ],
)
def test_two_versions_never_hold_at_once(tmp_path: Path, changes: list[tuple[str, str]], message: str) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, "b.yaml", *changes)
    with pytest.raises(ProtocolError, match=message):
        load_protocols(tmp_path)


def test_a_folder_without_any_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="no protocol"):
        load_protocols(tmp_path)


def test_a_bad_file_refuses_to_start_and_names_the_line(tmp_path: Path) -> None:
    """The program as it is, with one file that has a mistake in it."""
    write(tmp_path, "2026-11.yaml", ("    when: refuted", "    when: refutted"))
    line = FIRST[: FIRST.index("    when: refuted")].count("\n") + 1
    code = (
        "import escalation.protocol as protocol, pathlib, sys;"
        f"protocol.PROTOCOLS = pathlib.Path({str(tmp_path)!r});"
        "import django; django.setup()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode != 0
    assert f"2026-11.yaml:{line}: " in done.stderr
    assert "refutted" in done.stderr


def test_nothing_changed_is_no_change(tmp_path: Path) -> None:
    newer(tmp_path, ("Blijf er niet alleen mee zitten.", "Blijf er nooit alleen mee zitten."))
    assert differences(*load_protocols(tmp_path)) == []


CHANGES = [
    (POLICE, POLICE.replace("must", "advice"), "step_changed", "was moet · vandaag · richtlijn rijksoverheid"),
    (POLICE, POLICE.replace("same_day", "now"), "step_changed", "is nu moet · nu · richtlijn rijksoverheid"),
    ("    enabled: false\n", "", "rule_on", "Geldt vanaf nu: Een ernstig incident"),
    ("      - recipient: zvh\n", "      - recipient: lse\n", "step_new", "nu ook"),
    (
        'nl: "Er is een calamiteit"',
        'nl: "Er is een ramp"',
        "rule_when",
        "‘Er is een calamiteit’ werd ‘Er is een ramp’.",
    ),
    ('phone: "0900-1113111"', 'phone: "0900-1113112"', "reach", "was 0900-1113111, is nu 0900-1113112"),
]


@pytest.mark.parametrize(("old", "new", "kind", "words"), CHANGES, ids=[f"{row[2]}-{row[3][:9]}" for row in CHANGES])
def test_what_changed_is_said_in_words(tmp_path: Path, old: str, new: str, kind: str, words: str) -> None:
    newer(tmp_path, (old, new))
    before, after = load_protocols(tmp_path)
    assert kind in [change.kind for change in differences(before, after)]
    assert any(words in sentence for sentence in table.changes(before, after))
    assert any(change.kind for change in differences(after, before)), "and the other way round"


def test_a_rule_that_came_and_one_that_went(tmp_path: Path) -> None:
    rule = FIRST[FIRST.index("  - id: R27\n") : FIRST.index("  - id: R28\n")]
    newer(tmp_path, (rule, ""))
    before, after = load_protocols(tmp_path)
    assert [change.kind for change in differences(before, after)] == ["rule_gone"]
    assert [change.kind for change in differences(after, before)] == ["rule_new"]
    assert "Niet meer in de tabel" in table.changes(before, after)[0]
