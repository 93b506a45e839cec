"""Going on after a restored backup and after a forged row: recorded, shown, and no cover for an attack."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.actions import Action
from audit.checkpoints import filed_notes, newest
from audit.models import AuditEvent
from audit.recovery import RecoveryError, accept_restore, set_aside
from audit.sealer import seal
from tests.audit.conftest import attack, events, found, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(sealed: list[AuditEvent]) -> str:
    """Somebody put the backup of the first six events back; the files of seals stayed."""
    attack(
        "DELETE FROM audit_event WHERE leaf_index >= 6",
        "DELETE FROM audit_personal",
        "DELETE FROM audit_checkpoint WHERE tree_size > 6",
    )
    return sealed[0].log


def test_until_it_is_accepted_nothing_is_sealed(restored: str) -> None:
    events(1)
    assert "manage.py audit_restored" in seal().stopped[restored]
    assert "counts 12 events, and there are 6" in found()


@pytest.mark.parametrize("later", [0, 5, 6, 9])
def test_once_accepted_the_log_goes_on_and_says_so(restored: str, later: int) -> None:
    out = StringIO()
    call_command("audit_restored", "--accept", stdout=out)
    assert f"{restored}: the backup has 6 of 12 sealed events." in out.getvalue()
    assert AuditEvent.objects.filter(action=Action.LOG_RESTORED).count() == 2
    events(later)
    assert seal().stopped == {}
    said = verified()
    assert "events 6 to 12 are lost; event" in said
    assert "The log is whole." in said
    events(20)
    seal()
    assert "The log is whole." in verified()
    assert filed_notes(restored)[-1].size == newest(restored).tree_size


def test_a_restore_is_no_excuse_for_a_mail(sealed: list[AuditEvent], save, restored: str) -> None:
    mailed = save("mail.txt", filed_notes(restored)[-1].raw)
    accept_restore()
    events(12)
    seal()
    assert "The log is whole." in verified()
    assert "the mailed checkpoint of" in found("--anchor", mailed)


def test_without_a_restore_there_is_nothing_to_accept(sealed: list[AuditEvent]) -> None:
    with pytest.raises(RecoveryError):
        accept_restore()


def test_a_forged_row_is_set_aside_and_stays_to_be_seen(keys: None) -> None:
    bad = events(3)[1]
    attack(f"UPDATE audit_event SET body = replace(body, 'U1', 'X') WHERE id = {bad.pk}")
    assert f"(id {bad.pk}) does not carry a right mac" in seal().stopped[bad.log]
    assert "does not carry a right mac" in found()
    call_command("audit_set_aside", str(bad.pk), stdout=StringIO())
    assert seal().stopped == {}
    assert "1 false rows are set aside." in verified()
    assert AuditEvent.objects.get(pk=bad.pk).leaf_index is None
    attack(f"UPDATE audit_event SET body = replace(body, 'X', 'Y') WHERE id = {bad.pk}")
    assert "does not carry a right mac" in found(), "another text is another row"


def test_a_good_row_can_not_be_set_aside(sealed: list[AuditEvent]) -> None:
    waiting = events(1)[0]
    with pytest.raises(RecoveryError, match="nothing wrong"):
        set_aside(waiting.pk)
    with pytest.raises(CommandError, match="no unsealed event"):
        call_command("audit_set_aside", str(sealed[0].pk))
