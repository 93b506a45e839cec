"""Checking the log: its newest seals, comparing what was kept elsewhere, and proofs for somebody outside."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import audit.standalone
from accounts.guard import guard
from accounts.models import Board
from accounts.refusals import record_refusal
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from audit.keys import public_keys, public_lines
from audit.mails import last_mailed
from audit.models import Checkpoint
from audit.notes import is_signed, read_notes
from audit.proofs import ProofError, consistency_proof, inclusion_proof
from audit.qr import svg
from audit.sealer import SLACK, seal_lag
from signals import access
from signals.ages import span
from signals.events import private_event
from signals.forms.trail import GrowthForm, PasteForm, ProofForm
from signals.logcheck import Verdict, check, newest_seals, own_boards
from signals.trail import may_see

UNPROCESSABLE = 422
VERIFIER = Path(audit.standalone.__file__ or "").with_name("verify_log.py")


@guard(Permission.LOG_CHECK)
@require_http_methods(["GET", "HEAD", "POST"])
def trail_check(request: HttpRequest) -> HttpResponse:
    """The newest seals, and a box in which a kept one can be pasted."""
    form = PasteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _check_page(request, paste=form)
    user = person(request)
    verdicts = check(form.cleaned_data["pasted"], own_boards(user))
    wrong = sum(verdict.state == "wrong" for verdict in verdicts)
    private_event(Action.LOG_CHECKED, by=user, kind="log", details={"pasted": len(verdicts), "wrong": wrong})
    if not verdicts:
        form.add_error(
            "pasted", _("There is no seal or receipt in this text. Paste all of it, from the first line on.")
        )
    return _check_page(request, paste=form, verdicts=verdicts)


@guard(Permission.LOG_CHECK)
@require_safe
def trail_seal(request: HttpRequest) -> HttpResponse:
    """The signed note of one log, to keep elsewhere."""
    asked = request.GET.get("log", "")
    seals = [row for _board, row in newest_seals(own_boards(person(request))) if asked in ("", row.log)]
    if not seals:
        access.not_found(person(request), "seal", asked[:40].replace("\x00", ""))
    return _file(seals[0].note, f"{seals[0].log.replace('/', '_')}.txt", "text/plain; charset=utf-8")


@guard(Permission.LOG_CHECK)
@require_safe
def trail_proof(request: HttpRequest) -> HttpResponse:
    """That one event stands in the log."""
    form, user = ProofForm(request.GET), person(request)
    if not form.is_valid():
        return _check_page(request, proof=form)
    event = form.cleaned_data["event"]
    if not may_see(user, event):
        record_refusal(user, kind="event", ref=event.hex, rule="not visible")
        form.add_error("event", _("There is no event with this reference that you may see."))
        return _check_page(request, proof=form)
    try:
        proof = inclusion_proof(event)
    except ProofError:
        form.add_error("event", _("This event has not been sealed yet. Try again in a few minutes."))
        return _check_page(request, proof=form)
    private_event(Action.PROOF_GIVEN, by=user, kind="event", ref=event.hex)
    return _proof_file(proof, f"proof-{event}.json")


@guard(Permission.LOG_CHECK)
@require_safe
def trail_growth(request: HttpRequest) -> HttpResponse:
    """That a log only grew between two seals."""
    user = person(request)
    form = GrowthForm(request.GET, logs=_logs(own_boards(user)))
    if not form.is_valid():
        return _check_page(request, growth=form)
    log, old, new = form.cleaned_data["log"], form.cleaned_data["old"], form.cleaned_data["new"]
    try:
        proof = consistency_proof(log, old, new)
    except ProofError:
        form.add_error(
            None, _("There are no two seals with these numbers. They stand on the second line of each seal.")
        )
        return _check_page(request, growth=form)
    private_event(Action.PROOF_GIVEN, by=user, kind="log", ref=log, details={"old": old, "new": new})
    return _proof_file(proof, f"proof-{log.replace('/', '_')}-{old}-{new}.json")


@guard(Permission.LOG_CHECK)
@require_safe
def trail_verifier(request: HttpRequest) -> HttpResponse:
    """The program of one file that checks proofs without this one."""
    return _file(VERIFIER.read_text(encoding="utf-8"), VERIFIER.name, "text/x-python; charset=utf-8")


def _check_page(
    request: HttpRequest,
    *,
    paste: PasteForm | None = None,
    proof: ProofForm | None = None,
    growth: GrowthForm | None = None,
    verdicts: list[Verdict] | None = None,
) -> HttpResponse:
    boards = own_boards(person(request))
    seals = [_seal(board, checkpoint) for board, checkpoint in newest_seals(boards)]
    latest = {seal["board"]: seal for seal in reversed(seals)}
    lag = seal_lag()
    context = {
        "paste": paste or PasteForm(),
        "proof": proof or ProofForm(),
        "growth": growth or GrowthForm(logs=[seal["log"] for seal in seals]),
        "form": growth or proof or paste,
        "verdicts": verdicts,
        "wrong": any(verdict.state == "wrong" for verdict in verdicts or ()),
        "seals": list(latest.values()),
        "older": [seal for seal in seals if seal not in latest.values()],
        "tail": lag.rows,
        "tail_age": span(lag.oldest) if lag.oldest else "",
        "tail_late": bool(lag.oldest and lag.oldest > SLACK),
        "mailed": [anchor for board in boards if (anchor := last_mailed(board.reference))],
        "keys": public_lines(),
        "verifier": VERIFIER.name,
    }
    failed = any(form and form.errors for form in (paste, proof, growth))
    return render(request, "signals/trail_check.html", context, status=UNPROCESSABLE if failed else 200)


def _seal(board: Board, checkpoint: Checkpoint) -> dict[str, Any]:
    note = read_notes(checkpoint.note)[0]
    return {
        "board": board.name,
        "log": checkpoint.log,
        "origin": note.origin,
        "size": checkpoint.tree_size,
        "root": b64encode(note.root).decode(),
        "at": checkpoint.created_at,
        "fingerprint": next((_fingerprint(key) for key in public_keys() if is_signed(note, [key])), ""),
        "qr": "data:image/svg+xml;base64," + b64encode(svg(checkpoint.note).encode()).decode(),
        "url": f"{reverse('signals:trail-seal')}?log={checkpoint.log}",
    }


def _fingerprint(key: bytes) -> str:
    """SHA-256 of a public key in groups of four, to be read aloud."""
    text = sha256(key).hexdigest()
    return " ".join(text[place : place + 4] for place in range(0, 32, 4))


def _logs(boards: list[Board]) -> list[str]:
    return [checkpoint.log for _board, checkpoint in newest_seals(boards)]


def _proof_file(proof: dict[str, Any], name: str) -> HttpResponse:
    return _file(json.dumps(proof, ensure_ascii=False, indent=1), name, "application/json; charset=utf-8")


def _file(content: str, name: str, media: str) -> HttpResponse:
    return HttpResponse(
        content,
        headers={
            "Content-Type": media,
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
        },
    )
