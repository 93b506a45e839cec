"""A report leaves a case with whom it is about; what was written there meanwhile still names them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Pupil
from signals.about import involved, key_of
from signals.casepeople import people_in
from signals.dossier.compose import letter_of
from signals.models import Case, Signal
from signals.services.cases import case_note, case_take
from signals.services.persons import Newcomer, person_add
from signals.services.transfers import case_merge, signal_move, signal_split, transfer_undo
from tests.conftest import World, send, typed
from tests.dossiers import begun
from tests.handing import WHY, key
from tests.journeys.page import Browser

ALONE = "Noor was rustig."
Went = Callable[[World, Case, Signal], object]


def apart(world: World, case: Case, report: Signal) -> object:
    signal_split(by=world.coordinator, signal=report, reason=WHY, key=key())
    return None


def elsewhere(world: World, case: Case, report: Signal) -> object:
    into = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    return signal_move(by=world.coordinator, signal=report, into=into, reason=WHY, key=key())


def back(world: World, case: Case, report: Signal) -> object:
    return transfer_undo(by=world.coordinator, transfer=case.transfers_in.get())


def put_with(world: World, case: Case, **whom: Any) -> Signal:
    """Another report, that is put with a case."""
    report = send(world.author, typed(world, **whom))
    new = case_take(by=world.coordinator, case=report.case)
    person_add(
        by=world.coordinator, case=new, newcomer=Newcomer(description="De tante, Odette"), role="other", key=key()
    )
    case_merge(by=world.coordinator, case=new, into=case, reason=WHY, key=key())
    return Signal.objects.get(pk=report.pk)


@pytest.mark.parametrize("went", [apart, elsewhere, back])
@pytest.mark.parametrize("listed", [True, False])
def test_who_went_is_not_named_to_others(world: World, login: Any, taken_case: Case, went: Went, listed: bool) -> None:
    """Not on the page of one person, and not in a dossier: neither as they stand on a list, nor as they were called."""
    wim = Pupil.objects.create(school=world.school, name="Wim Kaasjager", group="2C")
    whom = {"person": "", "subject_role": "unknown", "subject_description": "Een jongen, Wim Kaasjager"}
    report = put_with(world, taken_case, **({"person": f"pupil:{wim.reference}"} if listed else whom))
    if not listed:
        wim.delete()
    noor = key_of(taken_case.signals.order_by("pk")[0].people.get())
    said = ["Noor ging met kaasjager mee.", ALONE, *(["Odette belde over Noor."] if went is back else [])]
    for text in said:
        case_note(by=world.coordinator, case=taken_case, text=text, key=key(), person=noor)
    browser, row = Browser(login(world.coordinator)), involved(people_in(taken_case))[0]
    page = reverse("signals:case-person", args=[taken_case.reference, row.reference])
    for _time in ("together", "apart"):
        shown = browser.get(page)
        assert ALONE in shown.text
        letter = str(
            letter_of(begun(Case.objects.get(pk=taken_case.pk), world.coordinator), by=world.coordinator).frozen()
        )
        assert ALONE in letter
        for text in (shown.text.lower(), letter.lower()):
            assert "kaasjager" not in text
            assert "odette" not in text
        if _time == "together":
            went(world, Case.objects.get(pk=taken_case.pk), report)


def test_who_went_can_not_be_looked_at_any_more(world: World, login: Any, taken_case: Case) -> None:
    wim = Pupil.objects.create(school=world.school, name="Wim Kaasjager", group="2C")
    report = put_with(world, taken_case, person=f"pupil:{wim.reference}")
    row = report.people.get().row_key
    browser, page = Browser(login(world.coordinator)), reverse("signals:case-person", args=[taken_case.reference, row])
    browser.get(page)
    apart(world, taken_case, report)
    browser.get(page, 404)
