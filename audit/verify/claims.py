"""Every root that was ever signed, and from where we have it: the table, the local file, a mail."""

from collections import defaultdict
from dataclasses import dataclass

from audit.checkpoints import filed_logs, filed_notes
from audit.keys import public_keys
from audit.models import Checkpoint
from audit.notes import Note, is_signed, read_notes
from audit.verify.report import Report

TABLE, FILE, MAIL = "the table", "the checkpoint file", "the mailed checkpoint"


@dataclass(frozen=True)
class Claim:
    """Somebody says that the first `size` events of a log have this root. at: UTC text of the moment."""

    size: int
    root: bytes
    where: str
    at: str


Claims = dict[str, list[Claim]]


def all_claims(anchors: tuple[Note, ...], report: Report) -> Claims:
    """The claims of each log, smallest first. A claim whose signature is wrong is reported and left out.

    A mailed note that nobody signed here is reported, and its root is compared all the same.
    """
    found: Claims = defaultdict(list)
    signed = SignatureCheck(report)
    for row in Checkpoint.objects.order_by("id").values_list("log", "tree_size", "root", "note").iterator():
        _add_row(found, row, signed, report)
    for log in filed_logs():
        for note in filed_notes(log):
            if note.log != log:
                report.problem(f"{log}: {FILE} holds a note of another log, {note.log}.")
            elif signed.check(note, f"{log}: {FILE}"):
                found[log].append(Claim(note.size, note.root, FILE, note.at))
    for note in anchors:
        signed.check(note, f"{note.log}: {MAIL}")
        found[note.log].append(Claim(note.size, note.root, MAIL, note.at))
    for claims in found.values():
        claims.sort(key=lambda claim: claim.size)
    return found


def _add_row(
    found: Claims, row: tuple[str, int, bytes | memoryview, str], signed: "SignatureCheck", report: Report
) -> None:
    log, size, root, text = row
    notes = read_notes(text)
    if not notes or (notes[0].log, notes[0].size, notes[0].root) != (log, size, bytes(root)):
        report.problem(f"{log}: the checkpoint of {size} events in {TABLE} is not what its signed note says.")
    elif signed.check(notes[0], f"{log}: {TABLE}"):
        found[log].append(Claim(size, bytes(root), TABLE, notes[0].at))


class SignatureCheck:
    """Checks each note once: table and file hold the same ones."""

    def __init__(self, report: Report) -> None:
        self.report, self.publics = report, public_keys()
        self.seen: dict[str, bool] = {}

    def check(self, note: Note, where: str) -> bool:
        if note.raw not in self.seen:
            self.seen[note.raw] = is_signed(note, self.publics)
        if not self.seen[note.raw]:
            self.report.problem(f"{where} of {note.size} events is not signed with a key of this installation.")
        return self.seen[note.raw]
