"""Whom to call: nobody of the table is without an address or a sentence that helps; the most local contact wins."""

import pytest

from accounts.models import Board, School
from escalation.contacts import addresses, dial
from escalation.duty import ON_DUTY, local_recipients
from escalation.facts import RECIPIENTS, SECTORS
from escalation.models import Contact
from escalation.protocol import current_protocol
from tests.conftest import World

NOBODY = ("no_further_sharing", "national_crisis_centre")  # their card says who makes the contact


@pytest.mark.parametrize("sector", SECTORS)
def test_every_recipient_has_a_contact_or_a_fallback(db: None, sector: str) -> None:
    """A school of this sector that filled in nothing."""
    board = Board.objects.create(name="Nieuw bestuur")
    school = School.objects.create(board=board, name="Nieuw", sector=sector, municipality="Elders")
    for key, address in addresses(school, RECIPIENTS).items():
        if key in NOBODY:
            assert address.note or key == "no_further_sharing"
        else:
            assert address.phone or address.email or address.url or address.notice, key
        recipient = current_protocol().recipients[key]
        assert recipient.fallback is not None or not recipient.local, key


@pytest.mark.parametrize("sector", SECTORS)
def test_whoever_a_school_keeps_can_be_missing_with_words(db: None, sector: str) -> None:
    assert {"police_contact", "municipality_oov", "board", "principal"} <= {r.key for r in local_recipients(sector)}
    assert all(row.fallback and row.fallback.text["nl"] and row.fallback.text["en"] for row in local_recipients(sector))


def test_national_contacts_say_where_they_are_from_and_when_they_were_checked() -> None:
    for recipient in current_protocol().recipients.values():
        assert recipient.source.title, recipient.key
        assert recipient.checked_on, recipient.key
        if recipient.phone:
            assert recipient.hours or recipient.key in ("lse", "meld_misdaad_anoniem"), recipient.key
            assert dial(recipient.phone).startswith("tel:")


def test_websites_are_links_to_elsewhere(world: World) -> None:
    found = [address.url for address in addresses(world.school, RECIPIENTS).values() if address.url]
    assert found
    assert all(url.startswith("https://") for url in found)


def test_the_schools_own_contact_goes_first(world: World) -> None:
    assert addresses(world.school, ["police_contact"])["police_contact"].tel == "tel:+31612345678"
    assert addresses(world.sister_school, ["police_contact"])["police_contact"].phone == "0900-8844"


def named(school: School, recipient: str = "police_contact") -> str:
    return addresses(school, [recipient])[recipient].name


def test_the_most_local_contact_wins(world: World) -> None:
    """The board's, then the municipality's, then the school's own; those of another board never."""
    third = School.objects.create(board=world.board, name="Ver weg", sector="vo", municipality="Anderstad")
    away = School.objects.create(board=world.other_school.board, name="Buur", sector="vo", municipality="Merendal")
    where = {"recipient": "police_contact", "phone": "+31301234567"}
    Contact.objects.create(board=world.board, name="Van het bestuur", **where)
    assert named(world.school) == "Wijkagent J. de Boer"
    assert named(world.sister_school) == named(third) == "Van het bestuur"
    Contact.objects.create(board=world.board, municipality="Merendal", name="Van de gemeente", **where)
    assert named(world.school) == "Wijkagent J. de Boer"
    assert named(world.sister_school) == "Van de gemeente"
    assert named(third) == "Van het bestuur"
    assert named(away) == ""


def test_the_one_on_duty_is_there_only_when_filled_in(world: World) -> None:
    assert ON_DUTY not in addresses(world.school, ["board"])
    Contact.objects.create(board=world.board, recipient=ON_DUTY, name="Piket", phone="+31612345679")
    assert addresses(world.school, ["board"])[ON_DUTY].tel == "tel:+31612345679"


@pytest.mark.parametrize(
    ("shown", "link"),
    [
        ("112", "tel:112"),
        ("0900-1113111", "tel:09001113111"),
        ("0800-2000", "tel:08002000"),
        ("030-285 66 16", "tel:+31302856616"),
        ("088-20 80 080", "tel:+31882080080"),
        ("", ""),
    ],
)
def test_numbers_are_dialled_as_they_should(shown: str, link: str) -> None:
    assert dial(shown) == link
