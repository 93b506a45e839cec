"""A dossier for somebody outside, from the page of the case to the PDF; and who gets none."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.content import keys, rotation
from accounts.content.services import content_rotate
from accounts.jobs import processes
from accounts.jobs.queue import do_one, tasks_rescue
from accounts.models import BackgroundJob, Pupil, User
from audit.models import AuditEvent
from escalation.models import Contact
from signals import filestore
from signals.dossier.compose import letter_of
from signals.dossier.services.preparing import dossier_pick
from signals.dossier.services.tidying import dossiers_end, tidy
from signals.models import Case, Dossier, Note
from signals.services.cases import case_note, case_take
from signals.services.filekeys import DossierFiles
from signals.services.lines import line_add
from signals.services.sending import signal_add
from signals.services.steps import Done, step_done
from tests.architecture.test_queries import COSTS, cost
from tests.browser.chromium import has_pango
from tests.conftest import World, membership, send, typed
from tests.dossiers import begun, everything_in, kept, keys_of, ordered, words_in, work
from tests.handing import make_task
from tests.journeys.page import Browser, Page
from tests.sharing import share

prints = pytest.mark.skipif(not has_pango(), reason="needs Pango")
STORY = "Noor werd uitgescholden door Bram Visser en FÁTIMA. Brams tas lag er. <script>alert(1)</script> & ‘dag’."
FILL = {
    "recipient": "police",
    "purpose": "De wijkagent spreekt vrijdag met de ouders van Bram.",
    "ground": "task",
    "consent": "not_asked",
    "consent_reason": "Dat zou het onveiliger maken.",
}

KEPT_SOMEWHERE = {"state": "ready", "stored": "x", "sealed_with": 1, "size": 1, "digest": "0" * 64}


@pytest.fixture
def case(world: World) -> Case:
    """Taken, with a report in all its boxes, an addition, a note, a step that was done, a task."""
    for name, called in (("author", "Ilse Verhoeven"), ("teacher", "Joost Okkerman"), ("coordinator", "Saskia Kraaij")):
        User.objects.filter(pk=world.people[name].pk).update(name=called)
        world.people[name].refresh_from_db()
    for name in ("Bram Visser", "Fatima el Amrani", "Sem de Wit"):
        Pupil.objects.create(school=world.school, name=name, group="3B")
    boxes = {"told": "‘Ga weg’, zei Bram.", "opinion": "Dit is een mening.", "against": "Zij lachte er zelf ook om."}
    signal = send(world.author, typed(world, observed=STORY, **boxes))
    signal_add(by=world.author, signal=signal, text="Sem de Wit was erbij.", key=str(uuid.uuid4()))
    found = case_take(by=world.coordinator, case=signal.case)
    note = "Moeder gebeld. Karim uit 4A was er ook. Okkerman en Ilse weten het."
    case_note(by=world.coordinator, case=found, text=note, key=str(uuid.uuid4()))
    done = Done(timezone.now() - timedelta(hours=1), "Saskia Kraaij", "wijkagent", "2026-17", "", "", "", "")
    step_done(by=world.coordinator, step=found.steps.filter(state="open")[0], done=done)
    make_task(found, world.coordinator, text="Fatima’s moeder bellen.")
    return Case.objects.get(pk=found.pk)


def to_the_letter(browser: Browser, case: Case, *, groups: tuple[str, ...] = ("observed",), **more: Any) -> Page:
    """From the page of the case to the letter on the screen, with the parts that end so."""
    page = browser.get(f"/casus/{case.reference}/")
    page = browser.get(page.hrefs("/dossier/")[0])
    contact = page.form(has="purpose").options("contact")[1]
    page = browser.send(page.form(has="purpose"), contact=contact, **{**FILL, **more})
    assert "What goes in?" in page.text
    form = page.form(has="named_staff")
    assert not form.data().get("part"), "nothing is ticked beforehand"
    picked = [key for key in form.options("part") if key.endswith(groups) or key[0] in groups]
    return browser.send(form, "look", part=picked)


def make(browser: Browser, page: Page) -> Dossier:
    """Have it made, and do the work."""
    page = browser.send(page.form(has="sure"), "make", sure="on")
    assert "is being made" in page.text
    work()
    return Dossier.objects.get()


@prints
def test_from_the_case_to_the_pdf(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = to_the_letter(browser, case)
    assert "Wijkagent J. de Boer" in page.text, "the name of the contact is filled in"
    assert '<mark class="swapped">leerling\N{NO-BREAK SPACE}B</mark>' in page.html
    row = make(browser, page)
    page = browser.get(f"/dossier/{row.reference}/")
    assert row.digest[:8] in page.text
    response = browser.client.post(f"/dossier/{row.reference}/pdf/")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{row.reference}.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    pdf = response.content
    assert hashlib.sha256(pdf).hexdigest() == row.digest
    text = words_in(pdf)
    for shown in ("Wijkagent J. de Boer", "Noor Zandstra", "uitgescholden door leerling B", "pagina 1 van", "melder"):
        assert shown in text, shown
    assert "de ouders van leerling B" in text, "also in what it is for"
    assert "<script>alert(1)</script> & ‘dag’" in text, "as it was typed, and as text"
    for hidden in ("mening", "lachte", "Ga weg", "Moeder gebeld", "was erbij", "2026-17", "moeder bellen"):
        assert hidden not in text, hidden
    everything = (text + everything_in(pdf)).lower()
    for name in ("Bram", "Visser", "Fatima", "Fátima", "Amrani", "Sem de Wit", "Ilse", "Verhoeven"):
        assert name.lower() not in everything, name
    made = AuditEvent.objects.get(action="dossier.made")
    assert (made.details["sha256"], made.details["to"], made.case_ref) == (row.digest, "police", case.reference)
    assert AuditEvent.objects.filter(action="dossier.fetched", object_ref=row.reference).count() == 1
    page = browser.get(f"/casus/{case.reference}/")
    assert "Dossier made for the police" in page.text
    assert "Dossier for the police downloaded" in page.text
    assert page.hrefs(f"/dossier/{row.reference}/")


@prints
def test_everything_and_by_name(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = to_the_letter(browser, case, groups=("observed", "told", "opinion", "against", "a", "n", "s", "t"))
    assert "Karim" in next(form for form in page.forms if form.options("word")).options("word"), "it may be a name"
    page = browser.send(page.form(action="", has="choice"), "word", word="karim", choice="other")
    assert "persoon" in page.text
    row = make(browser, page)
    text = words_in(browser.client.post(f"/dossier/{row.reference}/pdf/").content)
    for shown in ("mening", "lachte er zelf ook om", "Moeder gebeld", "zorgcoördinator", "melder", "2026-17"):
        assert shown in text, shown
    for name in ("Karim", "Bram", "Fatima", "Ilse", "Okkerman"):
        assert name not in text, name
    assert text.count("Saskia Kraaij") == 1, "who signs it, and nowhere else"


def test_words_and_parts_can_be_taken_back(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = to_the_letter(browser, case, groups=("observed", "n"))
    page = browser.send(page.form(has="choice"), "word", word="tas", choice="new")
    assert "Brams" not in page.text
    assert "leerling D lag er" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    page = browser.send(
        next(form for form in page.forms if any(c.value == "undo:tas" for c in form.controls)), "undo:tas"
    )
    assert "tas lag er" in page.text
    drop = next(c.value for form in page.forms for c in form.controls if c.value.startswith("drop:n"))
    page = browser.send(next(f for f in page.forms if any(c.value == drop for c in f.controls)), drop)
    assert "Moeder gebeld" not in page.text
    page = browser.send(page.form(has="choice"), "word", expect=422, word="12", choice="new")
    assert "Fill in a word with letters." in page.text


def test_an_initial_after_the_first_name_of_whom_it_is_about(world: World, login: Any, case: Case) -> None:
    """Known: it is somebody else. Not known: it is in the list of what may be a name."""
    Pupil.objects.create(school=world.school, name="Noor Pool", group="3B")
    case_note(by=world.coordinator, case=case, text="Noor P. sloeg Noor. Noor K. keek.", key=str(uuid.uuid4()))
    page = to_the_letter(Browser(login(world.coordinator)), case, groups=("n",))
    assert "Noor P." not in page.text
    assert "sloeg Noor." in page.text
    assert "Noor K" in next(form for form in page.forms if form.options("word")).options("word")
    assert "somebody else’s: noor" in page.text, "it may be meant without an initial too"


def test_what_is_ticked_by_group(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    row = begun(case, world.coordinator)
    page = browser.get(f"/dossier/{row.reference}/onderdelen/")
    facts = [
        key
        for key in page.form(has="named_staff").options("part")
        if key[0] == "a" or key.endswith(("observed", "told"))
    ]
    browser.post(page.path, {"all": "facts"})
    assert sorted(Dossier.objects.get().picked) == sorted(facts)
    page = browser.post(page.path, {"action": "look"})
    assert "Choose at least one part." in page.text


def test_more_parts_than_fit_in_a_short_form(world: World, login: Any, case: Case) -> None:
    """A case with hundreds of lines: all of them ticked arrive."""
    for number in range(310):
        Note(
            case=case, author=world.coordinator, text=f"Keer {number}", key=uuid.uuid4(), created_at=timezone.now()
        ).save()
    row = begun(case, world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/dossier/{row.reference}/onderdelen/")
    form = page.form(has="named_staff")
    page = browser.send(form, "look", part=form.options("part"))
    assert "Is it right?" in page.text
    assert len(Dossier.objects.get().picked) > 310


def test_two_clicks_make_one(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = to_the_letter(browser, case)
    form = page.form(has="sure")
    browser.send(form, "make", sure="on")
    browser.page = page
    browser.post(page.path, {"action": "make", "sure": "on", "seen": form.data()["seen"]})
    assert Dossier.objects.count() == 1
    assert BackgroundJob.objects.filter(name="dossier.pdf").count() == 1
    assert AuditEvent.objects.filter(action="dossier.ordered").count() == 1
    new = browser.get(f"/casus/{case.reference}/dossier/")
    data = new.form(has="purpose").fill({**FILL, "to_name": "Iemand"})
    for _click in range(2):
        browser.post(new.path, data)
    assert Dossier.objects.count() == 2


def test_what_changed_meanwhile_is_looked_at_again(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = to_the_letter(browser, case)
    Pupil.objects.create(school=world.school, name="Dag Tasman")
    page = browser.send(page.form(has="sure"), "make", sure="on")
    assert "Look at it once more." in page.text
    page = browser.post(page.path, {"action": "make", "seen": page.form(has="sure").data()["seen"]})
    assert "Read the letter first" in page.text
    assert not BackgroundJob.objects.filter(name="dossier.pdf").exists()


def test_the_form_says_what_is_missing(world: World, login: Any, case: Case) -> None:
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{case.reference}/dossier/")
    page = browser.send(page.form(has="purpose"), expect=422, ground="consent", recipient="police", purpose="Kort")
    for said in ("Fill in a name", "Write a little more", "Fill in who agreed", "on which day they agreed"):
        assert said in page.text, said
    page = browser.send(page.form(has="purpose"), expect=422, **{**FILL, "consent": "", "to_name": "Wie"})
    assert "Choose whether they were asked." in page.text
    page = browser.send(page.form(has="purpose"), expect=422, **{**FILL, "consent_reason": "", "to_name": "Wie"})
    assert "Write down why they were not asked" in page.text
    agreed = {"ground": "consent", "consent_by": "De moeder", "consent_on": "2026-11-02", "consent": ""}
    page = browser.send(page.form(has="purpose"), to_name="Wie", **{**FILL, **agreed, "consent_reason": ""})
    page = browser.get(page.hrefs("/voor-wie/")[0])
    assert page.form(has="purpose").data()["consent_by"] == "De moeder"
    assert Dossier.objects.get().ground == "consent"


def test_who_does_not_handle_the_case_gets_none(world: World, login: Any, case: Case) -> None:
    row = kept(case, world.coordinator)
    share(case, world.coordinator, world.teacher, days=3)
    for name, code in (("teacher", 404), ("principal", 403), ("author", 404), ("sister_coordinator", 404)):
        client = login(world.people[name])
        for path in (
            f"/casus/{case.reference}/dossier/",
            f"/dossier/{row.reference}/",
            f"/dossier/{row.reference}/stand/",
        ):
            assert client.get(path).status_code == code, (name, path)
        assert client.post(f"/dossier/{row.reference}/pdf/").status_code == code
        assert b"/dossier/" not in client.get(f"/casus/{case.reference}/", follow=True).content
    assert login(world.coordinator).get(f"/dossier/{row.reference}/").status_code == 200


def test_behind_a_wall_it_is_for_who_handles_it_there(world: World, login: Any, walled_signal: Any) -> None:
    case = case_take(by=world.board_officer, case=walled_signal.case)
    row = ordered(case, world.board_officer)
    assert login(world.coordinator).get(f"/dossier/{row.reference}/").status_code == 404
    assert login(world.board_officer).get(f"/dossier/{row.reference}/").status_code == 200
    event = AuditEvent.objects.get(action="dossier.ordered")
    assert event.school_ref == "", "the log of the school is silent"
    assert world.subject.name in str(row.content), "whom it is about keeps the name"
    assert world.author.name not in str(row.content)


def test_behind_a_wall_the_board_writes_and_nobody_at_the_school(world: World, login: Any, walled_signal: Any) -> None:
    """The letter names whom to ask: the care coordinator is on the other side. A second role changes nothing."""
    for recipient, email in (("care_coordinator", "zorg@lyceum.example"), ("board", "bestuur@bestuur.example")):
        Contact.objects.create(board=world.board, school=world.school, recipient=recipient, name=recipient, email=email)
    user = world.board_officer
    membership(user, "coordinator", world.school).save()
    case = case_take(by=user, case=walled_signal.case)
    row = ordered(case, user)
    words = str(row.content)
    assert "zorg@" not in words
    assert row.content["contact"] == ["bestuur@bestuur.example"]
    assert row.content["sign"] == [user.name, "medewerker van het bestuur"]
    assert row.content["school"] == world.board.name


def test_who_has_it_made_signs_it(world: World, login: Any, case: Case) -> None:
    """Not who began it."""
    row = begun(case, world.coordinator)
    other = User.objects.create_user("tweede@lyceum.example", "x" * 20, name="Tweede Kamminga")
    membership(other, "coordinator", world.school).save()
    browser = Browser(login(other))
    page = browser.get(f"/dossier/{row.reference}/nakijken/")
    assert "Tweede Kamminga" in page.text
    browser.send(page.form(has="sure"), "make", sure="on")
    row.refresh_from_db()
    assert row.content["sign"][0] == "Tweede Kamminga"
    assert row.by == other


def test_is_it_ours(world: World, login: Any, case: Case) -> None:
    row = kept(case, world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get("/dossier/controleren/")
    whole = SimpleUploadedFile("brief.pdf", b"%PDF-1.7 Brief", content_type="application/pdf")
    page = browser.send(page.form(has="file"), file=whole)
    assert f"This is dossier {row.reference}" in page.text
    page = browser.send(page.form(has="file"), file=SimpleUploadedFile("brief.pdf", b"%PDF-1.7 Brief "))
    assert "or something in it was changed" in page.text
    other = Browser(login(world.sister_coordinator))
    page = other.send(
        other.get("/dossier/controleren/").form(has="file"), file=SimpleUploadedFile("b", b"%PDF-1.7 Brief")
    )
    assert "or something in it was changed" in page.text
    assert row.reference not in page.html


@prints
def test_after_its_term_only_what_it_was_is_left(world: World, login: Any, case: Case) -> None:
    row = ordered(case, world.coordinator)
    draft = begun(case, world.coordinator)
    work()
    tidy()
    row.refresh_from_db()
    assert filestore.is_there(row.stored), "what has a row is not cleared away"
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert dossiers_end() == 2
        tidy()
        page = Browser(login(world.coordinator)).get(f"/dossier/{row.reference}/")
        assert login(world.coordinator).post(f"/dossier/{row.reference}/pdf/").status_code == 503
    assert list(filestore.held()) == []
    assert "The PDF was removed on" in page.text
    assert row.digest[:8] in page.text
    assert "Notitie" in page.text
    left = Dossier.objects.get()
    assert (left.content, left.picked, left.words) == ({}, [], [])
    assert not Dossier.objects.filter(pk=draft.pk).exists()


def test_it_fails_and_is_tried_again(world: World, login: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(login(world.coordinator))
    row = ordered(case, world.coordinator)
    monkeypatch.setattr("signals.dossier.services.making.printed", lambda *_all: 1 / 0)
    work()
    assert "tried again by itself" in browser.get(f"/dossier/{row.reference}/").text
    BackgroundJob.objects.update(state="failed", finished_at=timezone.now())
    page = browser.get(f"/dossier/{row.reference}/")
    assert "could not be made" in page.text
    monkeypatch.setattr("signals.dossier.services.making.printed", lambda *_all: b"%PDF-1.7 ja")
    page = browser.send(page.form(action="/opnieuw/"))
    work()
    browser.post(f"/dossier/{row.reference}/opnieuw/", {})
    assert BackgroundJob.objects.filter(name="dossier.pdf").count() == 2
    row.refresh_from_db()
    assert row.state == "ready"


def test_done_twice_it_is_made_once(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed after it wrote the file leaves it for the next; both may even finish."""
    from signals.dossier.services import making

    row = ordered(case, world.coordinator)
    inner = []

    def printed(*_all: Any) -> bytes:
        if not inner:
            inner.append(1)
            making.dossier_make(row.pk)  # another worker takes it up meanwhile, and is faster
        return b"%PDF-1.7 een"

    monkeypatch.setattr(making, "printed", printed)
    making.dossier_make(row.pk)
    making.dossier_make(row.pk)
    row.refresh_from_db()
    assert [name for name, _at in filestore.held()] == [row.stored]
    assert AuditEvent.objects.filter(action="dossier.made").count() == 1
    assert row.lines.filter(kind="dossier").count() == 1


def test_a_worker_that_is_killed_half_way(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had begun is taken up again, and made once."""
    row = ordered(case, world.coordinator)
    monkeypatch.setattr("signals.dossier.services.making.printed", Mock(side_effect=SystemExit))
    host, pid, _started = processes.me().split("/")
    with pytest.raises(SystemExit):
        do_one(f"{host}/{pid}/0")  # as of a process that is gone
    monkeypatch.setattr("signals.dossier.services.making.printed", lambda *_all: b"%PDF-1.7 ja")
    assert tasks_rescue() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        work()
    row.refresh_from_db()
    assert (row.state, len(list(filestore.held()))) == ("ready", 1)
    assert BackgroundJob.objects.get(name="dossier.pdf").tries == 2
    assert AuditEvent.objects.filter(action="dossier.made").count() == 1


def test_dossiers_are_encrypted_again_with_the_texts(world: World, login: Any, case: Case, settings: Any) -> None:
    row = kept(case, world.coordinator)
    settings.CONTENT_KEYS += ",2:" + "8e" * 32
    keys.forget()
    assert DossierFiles().waiting() == 1
    assert not content_rotate(lambda _progress: None).failed
    assert (DossierFiles().waiting(), rotation.in_use("1")) == (0, 0)
    settings.CONTENT_KEYS = "2:" + "8e" * 32
    keys.forget()
    assert login(world.coordinator).post(f"/dossier/{row.reference}/pdf/").content == b"%PDF-1.7 Brief"


def test_one_that_was_changed_in_the_store_is_not_given(world: World, login: Any, case: Case) -> None:
    row, other = kept(case, world.coordinator), kept(case, world.coordinator, "Anders")
    client = login(world.coordinator)
    place = Path(filestore._store().path(row.stored))
    place.write_bytes(Path(filestore._store().path(other.stored)).read_bytes())
    assert client.post(f"/dossier/{row.reference}/pdf/").status_code == 503
    assert not AuditEvent.objects.filter(action="dossier.fetched").exists()


def test_the_pages_cost_the_same_with_few_and_many(world: World, login: Any, case: Case) -> None:
    """Also the page of the case, which asks nothing more for the dossiers of it."""
    found = []
    row, client = begun(case, world.coordinator), login(world.coordinator)
    pages = [f"/dossier/{row.reference}/{page}/" for page in ("onderdelen", "nakijken", "voor-wie")]
    pages += [f"/casus/{case.reference}/", f"/casus/{case.reference}/dossier/"]
    client.get(pages[0])  # the process learns its content types once
    for count in (2, 20):
        for number in range(count):
            case_note(by=world.coordinator, case=case, text=f"Bram {number}", key=str(uuid.uuid4()))
            Pupil.objects.create(school=world.school, name=f"Leerling Nummer{number}")
            made = kept(case, world.coordinator, str(uuid.uuid4()))
            line_add(case, "dossier", by=world.coordinator, dossier=made, data={"to": "police", "ref": made.reference})
        row = dossier_pick(by=world.coordinator, dossier=row, picked=keys_of(row), named_staff=False)
        found.append([cost(client, page) for page in pages])
    assert found[0] == found[1]
    assert found[0][3] <= COSTS["case"]


def test_in_english_and_by_name(world: World, login: Any, case: Case) -> None:
    """The letter has a language of its own, and colleagues may stand in it by name; pupils never."""
    row = begun(case, world.coordinator, language="en", recipient="parent", name="Mevrouw Zandstra", consent="")
    row = dossier_pick(by=world.coordinator, dossier=row, picked=row.picked, named_staff=True)
    content = letter_of(row, by=world.coordinator).frozen()
    assert content["greeting"] == "Dear Mevrouw Zandstra,"
    words = str(content).replace("\\xa0", " ")
    assert "Ilse Verhoeven" in words
    assert "pupil B" in words
    assert "Bram" not in words
    login(world.coordinator).get(f"/dossier/{row.reference}/nakijken/")


@pytest.mark.parametrize(
    ("recipient", "name", "begins"),
    [
        ("parent", "Mevrouw A. Zandstra", "Geachte mevrouw A. Zandstra,"),
        ("parent", "Dhr. en mw. de Wit", "Geachte heer en mevrouw de Wit,"),
        ("parent", "De heer P. de Wit", "Geachte heer P. de Wit,"),
        ("parent", "A. Zandstra", "Geachte A. Zandstra,"),
        ("other", "Fam. Zandstra", "Geachte familie Zandstra,"),
        ("other", "Heerenveense Jeugdhulp", "Geachte heer, mevrouw,"),
        ("town", "Mevrouw Bos, leerplicht", "Geachte heer, mevrouw,"),
    ],
)
def test_the_letter_begins_as_one_writes_it(world: World, case: Case, recipient: str, name: str, begins: str) -> None:
    """A title has no capital inside a line, and an organisation is not greeted by its name."""
    row = begun(case, world.coordinator, recipient=recipient, name=name)
    assert letter_of(row, by=world.coordinator).frozen()["greeting"] == begins


def test_who_got_it_is_told_when_it_proves_untrue(world: World, login: Any, case: Case) -> None:
    """GDPR article 19: whoever got the report in a dossier has to hear it too, as far as the table knows them."""
    row = ordered(case, world.coordinator, recipient="town")
    assert row.reports == [case.signals.get().reference]
    Dossier.objects.filter(pk=row.pk).update(made_at=timezone.now(), **KEPT_SOMEWHERE)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{case.reference}/antwoorden/")
    browser.send(page.form(has="subject_role"), reason="Het bleek niet waar te zijn.", refuted="yes")
    new = case.steps.filter(change__isnull=False)
    assert "municipality_oov" in {step.recipient for step in new if "R33" in step.rules}
