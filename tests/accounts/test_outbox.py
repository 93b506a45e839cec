"""Mail that has to leave: once, without content, and not lost while the mail server is away."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import OutgoingMail, User
from accounts.outbox import KINDS, MailKind, has_a_role, queue, send_due
from tests.conftest import World

NUMBER = "7K3M-9QXD-T4"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "test", MailKind("Case %(reference)s", "Look at %(reference)s.", has_a_role))


def wait(world: World) -> None:
    queue("test", to=world.teacher, path="/mijn-meldingen/", reference=NUMBER)


def test_a_mail_holds_a_number_and_a_link(world: World, settings: Any) -> None:
    settings.SITE_URL = "https://zorg.example"
    wait(world)
    assert (send_due(), send_due(), len(mail.outbox)) == (1, 0, 1)
    sent = mail.outbox[0]
    assert sent.to == [world.teacher.email]
    assert NUMBER in sent.subject
    assert "https://zorg.example/mijn-meldingen/" in sent.body
    assert world.teacher.name not in sent.subject + sent.body


def test_a_change_that_is_rolled_back_mails_nobody(world: World) -> None:
    with transaction.atomic():
        wait(world)
        transaction.set_rollback(True)
    assert send_due() == 0


def test_a_mail_server_that_is_away_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    wait(world)
    assert send_due() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due() == 0, "not again at once"
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert send_due() == 1
    assert len(mail.outbox) == 1


def test_who_died_while_sending_leaves_one_mail_with_the_same_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wait(world)

    def die(self: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.message.EmailMessage.send", die)
        with pytest.raises(KeyboardInterrupt):
            send_due()
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert send_due() == 1
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<mail-{OutgoingMail.objects.get().pk}-")


@pytest.mark.parametrize("gone", ["closed", "no_role"])
def test_what_is_no_longer_theirs_to_know_is_not_sent(world: World, gone: str) -> None:
    wait(world)
    if gone == "closed":
        User.objects.filter(pk=world.teacher.pk).update(is_active=False)
    else:
        world.teacher.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert send_due() == 0
    assert not OutgoingMail.objects.exists()


def test_the_command_sends(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    wait(world)
    call_command("mail_send")
    assert "Sent 1" in capsys.readouterr().out
