"""Whom to call: nobody of the table is without an address or a sentence that helps."""

import pytest

from escalation.contacts import addresses, dial
from escalation.facts import RECIPIENTS
from tests.conftest import World


def test_every_recipient_can_be_reached_or_says_how(world: World) -> None:
    for key, address in addresses(world.sister_school, RECIPIENTS).items():
        if key not in ("no_further_sharing", "national_crisis_centre"):
            assert address.phone or address.email or address.url or address.notice, key


def test_websites_are_links_to_elsewhere(world: World) -> None:
    found = [address.url for address in addresses(world.school, RECIPIENTS).values() if address.url]
    assert found
    assert all(url.startswith("https://") for url in found)


def test_the_schools_own_contact_goes_first(world: World) -> None:
    assert addresses(world.school, ["police_contact"])["police_contact"].tel == "tel:+31612345678"
    assert addresses(world.sister_school, ["police_contact"])["police_contact"].phone == "0900-8844"


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
