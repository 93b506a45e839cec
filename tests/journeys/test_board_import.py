"""`manage.py board_import`: a school is set up from one file, again without harm, and mistakes name their entry."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Board, Membership, Pupil, School, User
from audit.models import AuditEvent
from escalation.models import Contact
from tests.journeys.page import Browser

GOOD = """
board: {name: Stichting Proef}
schools:
  - {key: vo, name: Het Proefcollege, sector: vo, municipality: Merendal, brin: 99XV}
  - {key: po, name: De Proefschool, sector: po, municipality: Merendal}
people:
  - {name: Ada Admin, email: Ada@Proef.example, roles: [{role: administrator}]}
  - name: Cor Coördinator
    email: cor@proef.example
    roles: [{role: coordinator, school: vo}, {role: teacher, school: po}]
  - name: Wil Weg
    email: wil@proef.example
    roles: [{role: teacher, school: vo, started_days_ago: 90, ended_days_ago: 3}]
pupils:
  - {school: vo, name: Lot Leerling, group: 2B, birth_date: 2012-05-14}
  - {school: po, name: Zonder Datum}
contacts:
  - {school: vo, recipient: police_contact, name: Wijkagent Vos, phone: "0612345678"}
  - {municipality: Merendal, recipient: municipality_oov, name: Loket OOV, email: oov@m.example, checked_days_ago: 200}
"""


def run(tmp_path: Path, text: str | bytes, capsys: Any = None) -> None:
    file = tmp_path / "board.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    call_command("board_import", str(file))


def counts() -> list[int]:
    return [model.objects.count() for model in (Board, School, User, Membership, Pupil, Contact)]


def test_everything_is_there(db: None, tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    assert counts() == [1, 2, 3, 4, 2, 2]
    assert Pupil.objects.get(name="Lot Leerling").birth_date == date(2012, 5, 14)
    assert Contact.objects.get(recipient="police_contact").phone.as_e164 == "+31612345678"
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert set(actions[:-1]) == {"role.granted"}
    assert actions[-1] == "board.imported"


def test_twice_changes_nothing(db: None, tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    before = counts()
    User.objects.filter(email="cor@proef.example").update(name="Cor Nieuwe-Naam")
    run(tmp_path, GOOD)
    assert counts() == before
    assert User.objects.filter(name="Cor Nieuwe-Naam").exists()


def test_new_people_choose_their_password_themselves(db: None, tmp_path: Path, client: Client) -> None:
    run(tmp_path, GOOD)
    assert not User.objects.get(email="ada@proef.example").has_usable_password()
    browser = Browser(client)
    page = browser.get("/wachtwoord/vergeten/")
    browser.send(page.form(has="email"), email="ada@proef.example")
    link = next(word for word in mail.outbox[0].body.split() if "/wachtwoord/nieuw/" in word)
    page = browser.get("/" + link.split("/", 3)[3])
    password = "Een-heel-lang-geheim-9"
    browser.send(page.form(has="password1"), password1=password, password2=password)
    page = browser.get("/inloggen/")
    page = browser.send(page.form(action="/inloggen/"), login="ada@proef.example", password=password)
    assert page.path == "/tweede-stap/", "an administrator sets up a second step first"


def test_who_left_has_no_role(db: None, tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    membership = Membership.objects.get(user__email="wil@proef.example")
    assert membership.ends_on is not None
    assert membership.starts_on < membership.ends_on


# what is written instead of what, and what the message must name
WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "unknown sector": ("sector: po", "sector: lo", ("schools", "De Proefschool", "lo")),
    "sector left out": ("sector: po, ", "", ("schools", "De Proefschool", "sector")),
    "key left out": ("key: po, ", "", ("schools", "De Proefschool", "key")),
    "no name of the board": ("{name: Stichting Proef}", "{}", ("board", "name")),
    "board is a word": ("{name: Stichting Proef}", "Proef", ("board", "Proef")),
    "long name of the board": ("Stichting Proef", "S" * 200, ("board", "120")),
    "no municipality": ("municipality: Merendal, brin: 99XV", "brin: 99XV", ("schools", "Het Proefcollege")),
    "long brin": ("99XV", "99XVVVVVV", ("schools", "Het Proefcollege")),
    "schools is no list": ("people:", "people: 3\nx:", ("people", "list")),
    "entry is a word": ("  - {school: po, name: Zonder Datum}", "  - Zonder Datum", ("pupils", "Zonder Datum")),
    "unknown role": ("role: administrator", "role: king", ("people", "Ada Admin")),
    "no roles": (", roles: [{role: administrator}]", "", ("people", "Ada Admin", "roles")),
    "no address": ("email: Ada@Proef.example, ", "", ("people", "Ada Admin", "email")),
    "address that is none": ("Ada@Proef.example", "ada-proef", ("people", "Ada Admin")),
    "role at an unknown school": ("school: po}]", "school: mbo}]", ("people", "Cor", "mbo")),
    "role without a school": ("{role: teacher, school: po}", "{role: teacher}", ("people", "Cor", "school")),
    "ended before it began": ("started_days_ago: 90", "started_days_ago: 1", ("people", "Wil Weg")),
    "days as words": ("ended_days_ago: 3", "ended_days_ago: veel", ("people", "Wil Weg")),
    "days without end": ("ended_days_ago: 3", "ended_days_ago: 99999999999", ("people", "Wil Weg")),
    "pupil at an unknown school": ("{school: po, name: Zonder", "{school: x, name: Zonder", ("pupils", "Zonder")),
    "birth date as words": ("2012-05-14", "14 mei", ("pupils", "Lot Leerling", "2012-05-14")),
    "31 February": ("2012-05-14", "2012-02-31", ("day is out of range",)),
    "unknown recipient": ("recipient: police_contact", "recipient: police", ("contacts", "Wijkagent Vos")),
    "phone that is none": ('"0612345678"', '"06"', ("contacts", "Wijkagent Vos")),
    "nothing to reach them by": (', phone: "0612345678"', "", ("contacts", "Wijkagent Vos")),
    "contact nowhere": ("{municipality: Merendal, recipient", "{recipient", ("contacts", "Loket", "municipality")),
    "no board": ("board:", "bord:", ("board.yaml", "board")),
    "no yaml": ("board: {", "board: {{{", ("board.yaml",)),
    "a list": (GOOD, "- 1\n", ("board.yaml",)),
    "empty": (GOOD, "", ("board.yaml",)),
    "python in yaml": ("Stichting Proef", "!!python/object/apply:os.system ['true']", ("board.yaml",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_names_its_entry_and_changes_nothing(db: None, tmp_path: Path, name: str) -> None:
    old, new, words = WRONG[name]
    assert old in GOOD
    with pytest.raises(CommandError) as error:
        run(tmp_path, GOOD.replace(old, new, 1))
    assert not [word for word in words if word not in str(error.value)], str(error.value)
    assert counts() == [0] * 6
    assert not AuditEvent.objects.exists()


def test_a_file_that_is_not_there_or_not_text(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("board_import", str(tmp_path / "nowhere.yaml"))
    with pytest.raises(CommandError, match=r"board\.yaml"):
        run(tmp_path, b"\xff\xfe\x00board")


READERS = [
    "{role: coordinator, school: vo}",
    "{role: principal, school: vo}",
    "{role: board_officer}",
    "{role: privacy_officer}",
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("order", [1, -1])
def test_an_administrator_who_reads_cases_is_refused_and_nothing_is_kept(
    db: None, tmp_path: Path, reader: str, order: int
) -> None:
    roles = ", ".join([reader, "{role: administrator}"][::order])
    with pytest.raises(CommandError, match=r"ada@proef\.example"):
        run(tmp_path, GOOD.replace("[{role: administrator}]", f"[{roles}]"))
    assert counts() == [0] * 6


def test_also_when_the_other_role_was_there_before(db: None, tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    with pytest.raises(CommandError, match=r"ada@proef\.example"):
        run(tmp_path, GOOD.replace("[{role: administrator}]", "[{role: privacy_officer}]"))
    run(tmp_path, GOOD.replace("[{role: administrator}]", "[{role: administrator}, {role: teacher, school: vo}]"))
    assert Membership.objects.filter(user__email="ada@proef.example").count() == 2


def test_what_it_grants_says_where_and_from_when(db: None, tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    ada = User.objects.get(email="ada@proef.example")
    event = AuditEvent.objects.get(action="role.granted", object_ref=ada.reference)
    board = Board.objects.get().reference
    assert event.details == {
        "role": "administrator",
        "starts": ada.memberships.get().starts_on.isoformat(),
        "board": board,
    }
