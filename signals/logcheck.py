"""Compares what somebody kept elsewhere, a mailed seal or a receipt, with the log as it is now.

A server that lies can lie here too; that is what audit/standalone/verify_log.py is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import Board, User
from accounts.roles import Permission
from audit.canonical import SITE, leaf_hash, school_year
from audit.checkpoints import newest
from audit.keys import public_keys
from audit.merkle import Tree
from audit.models import AuditEvent, Checkpoint, Pruning
from audit.notes import Note, is_signed, read_notes
from audit.proofs import ProofError, leaves_of
from audit.receipts import Receipt, read_receipts
from audit.recovery import restores

MOST = 50  # seals and receipts in one go
LARGEST = 1_000_000  # events; above that a page would take too long
State = Literal["fits", "wrong", "other"]


@dataclass(frozen=True)
class Verdict:
    """what: which seal or receipt; state: fits, wrong, or about another log; reason: a sentence."""

    what: str
    state: State
    reason: str


def own_boards(user: User) -> list[Board]:
    """The boards whose logs this person may check."""
    return list(Board.objects.filter(id__in=grants_of(user).boards_of(Permission.LOG_CHECK)).order_by("name"))


def newest_seals(boards: Iterable[Board]) -> list[tuple[Board, Checkpoint]]:
    """The newest checkpoint of each log of the boards that is still kept, newest school year first."""
    this_year = school_year(timezone.now())
    years = range(this_year, this_year - settings.AUDIT_YEARS - 2, -1)
    found = [(board, newest(f"{board.reference}/{year}")) for board in boards for year in years]
    return [(board, checkpoint) for board, checkpoint in found if checkpoint]


def check(text: str, boards: Iterable[Board]) -> list[Verdict]:
    """Compare all seals and receipts in a text with the log.

    Args:
        text: as pasted; other words round them do no harm.
        boards: whose logs may be spoken of. The log of the installation comes with every mail, so it is one too.
    """
    references = {SITE, *(board.reference for board in boards)}
    notes, receipts = read_notes(text)[:MOST], read_receipts(text)[:MOST]
    roots = _Roots(note for note in notes if _owner(note) in references)
    found = [_seal(note, roots) if _owner(note) in references else _other(_seal_words(note)) for note in notes]
    return found + [_receipt(receipt, references) for receipt in receipts]


class _Roots:
    """The roots that the log gives now at the sizes of some notes; each log is read once."""

    def __init__(self, notes: Iterable[Note]) -> None:
        sizes: dict[str, set[int]] = {}
        for note in notes:
            sizes.setdefault(note.log, set()).add(note.size)
        self.known: dict[tuple[str, int], bytes] = {}
        for log, wanted in sizes.items():
            self._read(log, sorted(size for size in wanted if 0 < size <= min(sealed(log), LARGEST)))

    def _read(self, log: str, sizes: list[int]) -> None:
        try:
            leaves = leaves_of(log, sizes[-1]) if sizes else []
        except ProofError:
            return
        tree = Tree()
        for size in sizes:
            tree.extend(leaves[tree.size : size])
            self.known[log, size] = tree.root()


def sealed(log: str) -> int:
    """How many events the newest checkpoint of a log counts."""
    checkpoint = newest(log)
    return checkpoint.tree_size if checkpoint else 0


def _seal(note: Note, roots: _Roots) -> Verdict:
    what, size = _seal_words(note), number_format(note.size, force_grouping=True)
    if not is_signed(note, public_keys()):
        return Verdict(
            what,
            "wrong",
            _("It was not signed with a key of this installation. Was it copied whole? Paste it once more to be sure."),
        )
    if note.size <= LARGEST and roots.known.get((note.log, note.size)) == note.root:
        return Verdict(what, "fits", _("The first %(size)s events are the same as then.") % {"size": size})
    if any(row.explains(note.size, note.at) for row in restores(note.log)):
        reason = _("A backup was put back after this seal, and the log says so itself. Ask who did that, and why.")
        return Verdict(what, "other", reason)
    if note.size > sealed(note.log):
        reason = _(
            "It counts %(size)s events, and the log has fewer now: events are gone, or an old backup was put back."
        )
        return Verdict(what, "wrong", reason % {"size": size})
    if note.size > LARGEST:
        return _by_table(what, note)
    reason = _("The first %(size)s events are not what they were then: one was changed, removed, added or moved.")
    return Verdict(what, "wrong", reason % {"size": size})


def _by_table(what: str, note: Note) -> Verdict:
    kept = Checkpoint.objects.filter(log=note.log, tree_size=note.size).first()
    if kept is None or bytes(kept.root) != note.root:
        return Verdict(what, "wrong", _("The seal that is kept here for the same events is another one."))
    return Verdict(
        what,
        "fits",
        _("It is the seal that is kept here. The log is too large to read all of it on this page: run audit_verify."),
    )


def _receipt(receipt: Receipt, boards: set[str]) -> Verdict:
    what = _("Receipt of event %(event)s") % {"event": receipt.event}
    row = AuditEvent.objects.filter(event_uuid=receipt.event).only("body", "mac", "board_ref").first()
    if row is None:
        if _pruned(receipt):
            return Verdict(
                what, "fits", _("The event itself was removed after its term; its seal is still in the log.")
            )
        return Verdict(
            what, "wrong", _("There is no such event in the log: it was removed, or the receipt is not whole.")
        )
    if leaf_hash(row.body, row.mac).hex() != receipt.leaf:
        return Verdict(what, "wrong", _("The event is not what it was when the receipt was given."))
    if row.board_ref and row.board_ref not in boards:
        return _other(what)
    return Verdict(what, "fits", _("The event is in the log, unchanged."))


def _pruned(receipt: Receipt) -> bool:
    leaf = bytes.fromhex(receipt.leaf)
    for stretch in Pruning.objects.order_by("id").values_list("leaves", flat=True).iterator():
        place = bytes(stretch).find(leaf)
        if place >= 0 and place % len(leaf) == 0:
            return True
    return False


def _other(what: str) -> Verdict:
    return Verdict(what, "other", _("It belongs to a log that is not of your board, so it is not compared here."))


def _owner(note: Note) -> str:
    return note.log.rpartition("/")[0]


def _seal_words(note: Note) -> str:
    try:
        moment = date_format(timezone.localtime(datetime.fromisoformat(note.at)), "j F Y H:i")
    except ValueError:
        moment = "?"
    return _("Seal of %(log)s, %(moment)s") % {"log": note.log, "moment": moment}
