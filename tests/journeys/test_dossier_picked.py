"""Two colleagues tick the parts of one dossier: the second sees both and chooses."""

from typing import Any

from audit.models import AuditEvent
from signals.models import Dossier
from tests.conftest import World, membership, person
from tests.dossiers import begun
from tests.journeys.page import Browser
from tests.journeys.test_dossier_later import taken


def test_who_was_later_than_a_colleague_with_the_ticks_sees_both_and_chooses(world: World, login: Any) -> None:
    row = begun(taken(world, opinion="Dit is een mening."), world.coordinator)
    path, keys = f"/dossier/{row.reference}/onderdelen/", list(row.picked)
    other = person("second_coordinator")
    membership(other, "coordinator", world.school).save()
    late, first = (Browser(login(user)) for user in (world.coordinator, other))
    form = late.get(path).form(has="named_staff")
    first.send(first.get(path).form(has="named_staff"), "keep", part=keys[:1])
    page = late.send(form, "look", expect=409, part=keys[1:])
    assert "A colleague ticked other parts meanwhile." in page.text
    assert page.text.count("Ticked by your colleague") == 1
    assert page.text.count("Not ticked by your colleague") == len(keys) - 1
    assert page.form(has="named_staff").data()["part"] == keys[1:]
    assert Dossier.objects.get().picked == keys[:1]
    assert AuditEvent.objects.latest("id").action == "case.read"
    page = late.send(page.form(has="named_staff"), "look")
    assert "Is it right?" in page.text
    assert Dossier.objects.get().picked == keys[1:]
    late.post(path, form.fill({"part": keys[1:]}) | {"action": "look"})  # the same once more is a second click
