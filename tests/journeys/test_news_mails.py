"""Who handles a case gets mail when its writer adds something, and when a file comes; never who did it themselves."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import MailChoice, OutgoingMail, User
from accounts.outbox import send_due
from signals.models import Case, Signal
from signals.services.sending import signal_add
from signals.services.walls import case_wall
from tests.conftest import World
from tests.handing import away, key
from tests.journeys.page import Browser

WHY = "Het gaat om een medewerker, dus het hoort bij het bestuur."


def mailed(kind: str) -> list[User]:
    return [row.to for row in OutgoingMail.objects.filter(kind=kind).order_by("id")]


def add_file(browser: Browser, path: str) -> None:
    page = browser.get(path)
    browser.send(page.form(has="file"), file=SimpleUploadedFile("verslag.txt", b"Een verslag."))


def test_an_addition_of_the_writer(world: World, login: Any, taken_case: Case, second: User) -> None:
    signal = taken_case.signals.get()
    browser = Browser(login(world.author))
    page = browser.get(f"/zorg/{signal.reference}/")
    page = browser.send(page.form(has="text"), text="Vandaag belde haar moeder mij thuis.")
    assert mailed("case.added_to") == [world.coordinator], "the owner, and not who else handles cases there"
    send_due()
    [sent] = [message for message in mail.outbox if taken_case.reference in message.body]
    assert sent.to == [world.coordinator.email]
    assert f"/casus/{taken_case.reference}/#" in sent.body
    for private in ("moeder", "Noor", "Author"):
        assert private not in sent.body + sent.subject


def test_the_same_addition_twice_is_one_mail(world: World, taken_case: Case) -> None:
    same = key()
    for _click in range(2):
        signal_add(by=world.author, signal=taken_case.signals.get(), text="Nog iets.", key=same)
    assert mailed("case.added_to") == [world.coordinator]


def test_who_did_it_gets_none_and_who_stands_in_does(world: World, login: Any, taken_case: Case, second: User) -> None:
    add_file(Browser(login(world.coordinator)), f"/casus/{taken_case.reference}/bestand/")
    assert mailed("case.file") == []
    away(world.coordinator, second, world.school)
    add_file(Browser(login(world.author)), f"/zorg/{taken_case.signals.get().reference}/bestand/")
    assert mailed("case.file") == [world.coordinator, second]
    add_file(Browser(login(second)), f"/casus/{taken_case.reference}/bestand/")
    assert mailed("case.file") == [world.coordinator, second, world.coordinator]


def test_of_a_report_that_nobody_took_all_who_handle_hear(world: World, pupil_signal: Signal, second: User) -> None:
    signal_add(by=world.author, signal=pupil_signal, text="Nog iets.", key=key())
    assert set(mailed("case.added_to")) == {world.coordinator, second}
    assert world.principal not in mailed("case.added_to")


def test_no_mail_leaves_to_who_may_no_longer_see(world: World, taken_case: Case) -> None:
    signal_add(by=world.author, signal=taken_case.signals.get(), text="Nog iets.", key=key())
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=None)
    OutgoingMail.objects.exclude(kind="case.added_to").delete()
    send_due()
    assert mail.outbox == []


def test_what_waits_for_a_digest_is_said_once(world: World, taken_case: Case) -> None:
    MailChoice.objects.create(user=world.coordinator, rhythm="weekly")
    signal = taken_case.signals.get()
    taken_case.steps.update(due_at=timezone.now() + timedelta(days=60), urgency="week")
    signal_add(by=world.author, signal=signal, text="Nog iets.", key=key())
    send_due()
    assert mail.outbox == []
    signal_add(by=world.author, signal=signal, text="En nog iets.", key=key())
    assert mailed("case.added_to") == [world.coordinator]
