"""Checking the log: seals and receipts that were kept fit, unless something was tampered with."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from audit.actions import Action
from audit.keys import create_keys, public_lines
from audit.mails import mail_checkpoints
from audit.models import AuditEvent, Checkpoint
from audit.notes import read_notes
from audit.receipts import read_receipts, receipt
from audit.record import record
from audit.recovery import accept_restore
from audit.sealer import seal
from signals.models import Signal
from tests.audit.conftest import attack
from tests.conftest import World
from tests.journeys.page import Browser, Page

CHECK = reverse("signals:trail-check")
CHECKERS = ("principal", "board_officer", "privacy_officer")
FITS, WRONG, OTHER = "Fits this log", "Does NOT fit this log", "Not compared"


@pytest.fixture
def sealed(world: World, pupil_signal: Signal, log_files: None) -> Signal:
    """A report in a log that is sealed."""
    create_keys(("checkpoint",))
    seal()
    return pupil_signal


@pytest.fixture
def browser(world: World, login: Any) -> Browser:
    return Browser(login(world.privacy_officer))


def note(world: World) -> str:
    return Checkpoint.objects.get(log__startswith=world.board.reference).note


def paste(browser: Browser, text: str, expect: int = 200) -> Page:
    return browser.send(browser.get(CHECK).form(id="paste"), expect=expect, pasted=text)


def sent(signal: Signal) -> AuditEvent:
    return AuditEvent.objects.get(action=Action.SIGNAL_SENT, object_ref=signal.reference)


@pytest.mark.parametrize("name", CHECKERS)
def test_the_newest_seal_is_shown(world: World, sealed: Signal, login: Any, name: str) -> None:
    page = Browser(login(world.people[name])).get(CHECK)
    [shown] = page.response.context["seals"]
    written = read_notes(note(world))[0]
    assert (shown["origin"], shown["size"], shown["root"]) == (
        written.origin,
        written.size,
        b64encode(written.root).decode(),
    )
    for words in (shown["origin"], shown["root"], shown["fingerprint"], public_lines()[0]):
        assert words in page.text
    assert len(shown["fingerprint"]) == 39
    assert b"<svg" in b64decode(shown["qr"].partition(",")[2])
    assert shown["qr"] in page.html


def test_another_board_is_not_shown(world: World, sealed: Signal, login: Any) -> None:
    record(Action.LOGIN, board=world.other_school.board.reference)
    seal()
    browser = Browser(login(world.other_board_officer))
    assert world.board.reference not in browser.get(CHECK).text
    assert world.other_school.board.reference in browser.get(CHECK).text
    page = paste(browser, note(world))
    assert OTHER in page.text
    assert FITS not in page.text


@pytest.mark.parametrize("name", ["author", "coordinator", "administrator", "superuser"])
@pytest.mark.parametrize("page", ["check", "seal", "proof", "growth", "verifier"])
def test_nobody_else_comes_here(world: World, sealed: Signal, login: Any, name: str, page: str) -> None:
    Browser(login(world.people[name])).get(reverse(f"signals:trail-{page}"), 404)


def test_the_tail_is_told_in_words(world: World, sealed: Signal, browser: Browser) -> None:
    assert "Everything has been sealed." not in browser.get(CHECK).text  # logging in was an event
    seal()
    assert "Everything has been sealed." in browser.get(CHECK).text
    record(Action.LOGIN, board=world.board.reference)
    assert "1 event has not been sealed yet; it has waited for less than a minute." in browser.get(CHECK).text
    assert "That is too long" not in browser.get(CHECK).text


def test_a_log_that_was_never_sealed(world: World, log_files: None, browser: Browser) -> None:
    page = browser.get(CHECK)
    assert "Nothing has been sealed yet." in page.text
    browser.get(reverse("signals:trail-seal"), 404)


def test_a_mail_fits(world: World, sealed: Signal, browser: Browser) -> None:
    mail_checkpoints(world.board.reference, {"privacy_officer": ["fg@school.example"]})
    quoted = "\r\n".join(f"> {line}" for line in str(mail.outbox[0].body).splitlines())
    page = paste(browser, quoted)
    assert WRONG not in page.text
    assert FITS in page.text
    assert "Last mailed on" in browser.get(CHECK).text


def test_it_still_fits_when_the_log_has_grown(world: World, sealed: Signal, browser: Browser) -> None:
    kept = note(world)
    record(Action.LOGIN, board=world.board.reference)
    seal()
    assert FITS in paste(browser, kept).text


def test_a_changed_event_no_longer_fits(world: World, sealed: Signal, browser: Browser) -> None:
    kept = note(world)
    attack("UPDATE audit_event SET body = replace(body, 'signal.sent', 'signal.read') WHERE action = 'signal.sent'")
    page = paste(browser, kept)
    assert WRONG in page.text
    assert "not what they were then" in page.text
    assert "Tell the board and the privacy officer today" in page.text


def test_a_cut_log_no_longer_fits(world: World, sealed: Signal, browser: Browser) -> None:
    record(Action.LOGIN, board=world.board.reference)
    seal()
    last = Checkpoint.objects.filter(log__startswith=world.board.reference).latest("tree_size")
    attack(
        f"DELETE FROM audit_event WHERE log = '{last.log}' AND leaf_index = {last.tree_size - 1}",
        f"DELETE FROM audit_checkpoint WHERE id = {last.pk}",
    )
    page = paste(browser, last.note)
    assert WRONG in page.text
    assert "the log has fewer now" in page.text


def test_a_backup_that_was_put_back_openly_is_told(world: World, sealed: Signal, browser: Browser) -> None:
    log = read_notes(note(world))[0].log
    record(Action.LOGIN, board=world.board.reference)
    seal()
    last = Checkpoint.objects.filter(log=log).latest("tree_size")
    attack(
        f"DELETE FROM audit_event WHERE log = '{log}' AND leaf_index = {last.tree_size - 1}",
        f"DELETE FROM audit_checkpoint WHERE id = {last.pk}",
    )
    accept_restore()
    page = paste(browser, last.note)
    assert "A backup was put back after this seal" in page.text
    assert WRONG not in page.text
    assert FITS not in page.text


def test_a_forged_seal_does_not_fit(world: World, sealed: Signal, browser: Browser) -> None:
    kept = read_notes(note(world))[0]
    forged = note(world).replace(f"\n{kept.size}\n", f"\n{kept.size + 1}\n", 1)
    page = paste(browser, forged)
    assert "It was not signed with a key of this installation." in page.text
    assert WRONG in page.text


def test_a_receipt_fits_until_its_event_is_changed_or_gone(world: World, sealed: Signal, browser: Browser) -> None:
    kept = str(receipt(sent(sealed)))
    assert FITS in paste(browser, f"Uw bewijs: {kept}").text
    attack("UPDATE audit_event SET body = replace(body, 'signal.sent', 'signal.read') WHERE action = 'signal.sent'")
    assert "not what it was when the receipt was given" in paste(browser, kept).text
    attack("DELETE FROM audit_event WHERE action = 'signal.sent'")
    page = paste(browser, kept)
    assert "There is no such event in the log" in page.text
    assert WRONG in page.text


def test_pasting_is_recorded(world: World, sealed: Signal, browser: Browser) -> None:
    paste(browser, note(world) + str(receipt(sent(sealed))))
    event = AuditEvent.objects.filter(action=Action.LOG_CHECKED).latest("id")
    assert (event.actor_ref, event.details) == (world.privacy_officer.reference, {"pasted": 2, "wrong": 0})


@pytest.mark.parametrize("text", ["", "Dit is geen zegel", "x" * 100_001, "\x00"])
def test_something_else_is_an_error_and_stays(world: World, sealed: Signal, browser: Browser, text: str) -> None:
    page = paste(browser, text, 422)
    assert page.form(id="paste").data()["pasted"].replace("\x00", "") == text.replace("\x00", "")
    assert FITS not in page.text


def test_the_seal_can_be_downloaded(world: World, sealed: Signal, browser: Browser) -> None:
    [address] = browser.get(CHECK).hrefs("zegel.txt")
    response = browser.client.get(address)
    assert response.content.decode() == note(world)
    assert response["Content-Disposition"].startswith("attachment")
    away = f"{world.other_school.board.reference}/2026"
    assert browser.client.get(f"{reverse('signals:trail-seal')}?log={away}").status_code == 404


def test_proofs_hold_for_the_verifier(world: World, sealed: Signal, browser: Browser, tmp_path: Path) -> None:
    old = read_notes(note(world))[0]
    record(Action.LOGIN, board=world.board.reference)
    seal()
    new = Checkpoint.objects.filter(log=old.log).latest("tree_size")
    growth = f"{reverse('signals:trail-growth')}?log={old.log}&old={old.size}&new={new.tree_size}"
    proof = f"{reverse('signals:trail-proof')}?event={sent(sealed).event_uuid}"
    (tmp_path / "verify_log.py").write_bytes(browser.client.get(reverse("signals:trail-verifier")).content)
    for name, address in (("growth", growth), ("proof", proof)):
        response = browser.client.get(address)
        assert response["Content-Type"].startswith("application/json")
        (tmp_path / name).write_bytes(response.content)
        command = [sys.executable, str(tmp_path / "verify_log.py"), str(tmp_path / name), "--key", public_lines()[0]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert AuditEvent.objects.filter(action=Action.PROOF_GIVEN).count() == 2


def test_a_proof_only_of_what_one_may_see(world: World, sealed: Signal, walled_signal: Signal, login: Any) -> None:
    seal()
    principal, officer = Browser(login(world.principal)), Browser(login(world.privacy_officer))

    def ask(browser: Browser, event: object, expect: int) -> Page | None:
        address = f"{reverse('signals:trail-proof')}?event={event}"
        if expect == 422:
            return browser.get(address, 422)
        assert json.loads(browser.client.get(address).content)["type"] == "inclusion"
        return None

    ask(principal, sent(sealed).event_uuid, 200)
    ask(officer, sent(walled_signal).event_uuid, 200)
    ask(Browser(login(world.board_officer)), sent(walled_signal).event_uuid, 200)
    ask(Browser(login(world.board_officer)), sent(sealed).event_uuid, 422)
    hidden = ask(principal, sent(walled_signal).event_uuid, 422)
    absent = ask(principal, "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01", 422)
    assert hidden
    assert absent
    assert "There is no event with this reference that you may see." in hidden.text
    assert hidden.text.count("There is no event") == absent.text.count("There is no event")
    assert AuditEvent.objects.filter(action=Action.REFUSED, object_type="event").count() == 3
    late = record(Action.CASE_NOTED, actor=world.principal.reference, school=world.school.reference)
    page = ask(principal, late.event_uuid, 422)
    assert page
    assert "has not been sealed yet" in page.text


@pytest.mark.parametrize("query", ["", "?event=x", "?event=%00"])
def test_a_wrong_reference_is_said(world: World, sealed: Signal, browser: Browser, query: str) -> None:
    assert "error-summary" in browser.get(reverse("signals:trail-proof") + query, 422).html


@pytest.mark.parametrize("query", ["", "?log=x&old=1&new=2", "?log={log}&old=0&new=1", "?log={log}&old=2&new=999"])
def test_wrong_sizes_are_said(world: World, sealed: Signal, browser: Browser, query: str) -> None:
    log = read_notes(note(world))[0].log
    assert "error-summary" in browser.get(reverse("signals:trail-growth") + query.format(log=log), 422).html


def test_the_writer_sees_the_receipt(world: World, sealed: Signal, login: Any, browser: Browser) -> None:
    page = Browser(login(world.author)).get(reverse("signals:signal", args=[sealed.reference]))
    assert "Proof of receipt" in page.text
    [kept] = read_receipts(page.text)
    assert kept == receipt(sent(sealed))
    assert FITS in paste(browser, page.text).text
