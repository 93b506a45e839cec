"""A log to which nothing happened verifies, in every state that it can be in."""

import random

import pytest

from audit.checkpoints import filed_notes, newest
from audit.merkle import Tree, consistency_path, inclusion_path, root_of
from audit.models import AuditEvent, Checkpoint
from audit.sealer import seal, seal_lag
from tests.audit.conftest import BOARD, events, verified

pytestmark = pytest.mark.django_db


def test_an_empty_log(keys: None) -> None:
    assert "The log is whole." in verified()


def test_sealed_and_unsealed(sealed: list[AuditEvent]) -> None:
    events(2)
    said = verified()
    assert "/2026: 12 sealed events" in said or "12 sealed events" in said
    assert "unsealed tail: 2 rows, oldest 0 minutes" in said
    assert "The log is whole." in said


def test_sealing_again_changes_nothing(sealed: list[AuditEvent]) -> None:
    assert seal().sealed == 0
    assert Checkpoint.objects.count() == 2
    assert seal_lag().rows == 0


def test_places_follow_the_order_of_recording(sealed: list[AuditEvent]) -> None:
    places = AuditEvent.objects.order_by("id").values_list("leaf_index", flat=True)
    assert list(places) == list(range(12))


def test_each_board_has_a_log_of_its_own(keys: None) -> None:
    events(2)
    events(3, board="")
    seal()
    assert sorted(log.rpartition("/")[0] for log in Checkpoint.objects.values_list("log", flat=True)) == [BOARD, "site"]
    assert "The log is whole." in verified()


def test_text_that_needs_escaping(keys: None) -> None:
    from audit.actions import Action
    from audit.record import record

    record(Action.REFUSED, ref='a"b\\c\n\t\u2028é\x7f', details={"page": 'x"y'})
    seal()
    assert "The log is whole." in verified()


def test_every_checkpoint_is_in_the_file(sealed: list[AuditEvent]) -> None:
    log = sealed[0].log
    assert [note.size for note in filed_notes(log)] == [6, 12]
    assert newest(log).tree_size == 12


def test_since_a_trusted_checkpoint(sealed: list[AuditEvent], save) -> None:
    first = filed_notes(sealed[0].log)[0]
    assert "Checked 6 events" in verified("--since", save("since.txt", first.raw))


def test_since_and_anchor_and_receipts_together(sealed: list[AuditEvent], save) -> None:
    from audit.receipts import receipt

    notes = save("mail.txt", "Beste,\n\n" + "\n".join(note.raw for note in filed_notes(sealed[0].log)))
    papers = save("receipts.txt", "\n".join(str(receipt(event)) for event in sealed))
    said = verified("--anchor", notes, "--receipt", papers)
    assert "6 checkpoints and 12 receipts" in said


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 13, 64, 100])
def test_the_tree_is_the_same_however_it_grows(size: int) -> None:
    leaves = [random.Random(place).randbytes(32) for place in range(size)]
    slow, fast = Tree(), Tree()
    for leaf in leaves:
        slow.append(leaf)
    cut = random.Random(size).randint(0, size)
    fast.extend(leaves[:cut])
    fast.extend(leaves[cut:])
    assert slow.root() == fast.root() == root_of(leaves)
    assert slow.frontier == fast.frontier


def test_paths_have_the_lengths_of_the_standard() -> None:
    leaves = [bytes([place]) * 32 for place in range(7)]
    assert [len(inclusion_path(place, leaves)) for place in range(7)] == [3, 3, 3, 3, 3, 3, 2]
    assert [len(consistency_path(size, leaves)) for size in range(1, 8)] == [3, 2, 4, 1, 4, 3, 0]
