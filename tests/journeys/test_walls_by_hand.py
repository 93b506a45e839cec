"""Putting a wall around a case by hand: who goes on with it, who is kept out, who is told, and how it comes down."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership, OutgoingMail, User
from signals import access
from signals.errors import RuleError
from signals.models import Barred, Case, Named
from signals.services.cases import case_take
from signals.services.walls import case_wall
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page

WHY = "De moeder van deze leerling werkt hier op school."


def address(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def again(case: Case) -> Case:
    return Case.objects.select_related("owner").get(pk=case.pk)


def opened(user: User, case: Case) -> bool:
    return access.visible_cases(User.objects.get(pk=user.pk), *access.HANDLE).filter(pk=case.pk).exists()


def put_up(browser: Browser, case: Case, keeper: str, bar: str = "", expect: int = 200) -> Page:
    page = browser.get(address("case-wall", case))
    return browser.send(page.form(has="keeper"), reason=WHY, keeper=keeper, bar=bar, expect=expect)


def test_a_coordinator_goes_on_with_it(world: World, login: Any, taken_case: Case) -> None:
    other = person("tweede_coordinator")
    join(other, "coordinator", world.school)
    browser = Browser(login(world.coordinator))
    page = browser.get(address("case", taken_case))
    page = browser.get(page.hrefs("afschermen")[0])
    assert page.form(has="keeper").options("keeper") == [world.coordinator.reference, "board"]
    for words in ("I go on with it: Coordinator", "The board takes it over: Board Officer", "Author, writer"):
        assert words in page.text
    page = put_up(browser, taken_case, world.coordinator.reference, other.reference)
    assert page.path == address("case", taken_case)
    assert "The case is behind a wall now, and you go on with it." in page.text
    assert WHY in page.text
    assert opened(world.coordinator, taken_case)
    assert opened(world.board_officer, taken_case)
    assert not opened(other, taken_case)
    mails = OutgoingMail.objects.values_list("kind", "to__name", "reference")
    assert list(mails) == [("case.walled", "Board Officer", taken_case.reference)]
    assert again(taken_case).owner == world.coordinator


@pytest.mark.parametrize("name", ["coordinator", "principal"])
def test_who_hands_it_to_the_board_lands_at_their_own_page(
    world: World, login: Any, taken_case: Case, name: str
) -> None:
    browser = Browser(login(world.people[name]))
    page = put_up(browser, taken_case, "board")
    assert page.path == reverse("signals:desk" if name == "coordinator" else "signals:followup")
    assert f"Case {taken_case.reference} is behind a wall now." in page.text
    browser.get(address("case", taken_case), 404)
    handler = Browser(login(world.board_officer))
    page = handler.get(address("case", taken_case))
    assert "The owner can no longer open this case." in page.text
    page = handler.send(page.form(action="/overnemen/"))
    assert "The case is yours now." in page.text
    assert again(taken_case).owner == world.board_officer
    page = handler.post(address("case-take-over", taken_case), {})
    assert "A colleague has taken this case already." in page.text


def test_a_principal_goes_on_with_it_and_finds_it_in_follow_up(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.principal))
    page = browser.get(address("followup-case", taken_case))
    page = browser.get(page.hrefs("afschermen")[0])
    keepers = page.form(has="keeper").options("keeper")
    assert keepers == [world.principal.reference, world.coordinator.reference, "board"]
    page = browser.send(page.form(has="keeper"), reason=WHY, keeper=world.principal.reference)
    assert page.path == address("case", taken_case)
    page = browser.send(page.form(action="/overnemen/"))
    assert again(taken_case).owner == world.principal
    page = browser.get(reverse("signals:followup"))
    assert "Walled cases that you handle" in page.text
    assert page.hrefs(taken_case.reference) == [address("case", taken_case)]
    assert page.response.context["totals"]["open"] == "0"
    Browser(login(world.coordinator)).get(address("case", taken_case), 404)
    page = browser.get(address("case", taken_case))
    page = browser.send(page.form(action="/notitie/"), text="Gesproken met de vader.")
    assert "Gesproken met de vader." in page.text


def test_the_owner_goes_on_when_the_principal_chose_them(world: World, login: Any, taken_case: Case) -> None:
    page = put_up(Browser(login(world.principal)), taken_case, world.coordinator.reference)
    assert page.path == reverse("signals:followup")
    assert opened(world.coordinator, taken_case)
    told = set(OutgoingMail.objects.values_list("to__name", flat=True))
    assert told == {"Board Officer", "Coordinator"}
    page = Browser(login(world.coordinator)).get(address("case", taken_case))
    assert "The owner can no longer open this case." not in page.text


def test_one_may_keep_oneself_out(world: World, login: Any, taken_case: Case) -> None:
    page = put_up(Browser(login(world.coordinator)), taken_case, "board", world.coordinator.reference)
    assert page.path == reverse("signals:desk")
    assert Barred.objects.get().user == world.coordinator


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Write down why."),
        ({"reason": "Kort"}, "Write a little more"),
        ({"keeper": ""}, "Choose who goes on with this case."),
        ({"keeper": "ZZZZ-ZZZZ-ZZ"}, "Select a valid choice"),
        ({"bar": "ZZZZ-ZZZZ-ZZ"}, "Select a valid choice"),
        ({"bar": "keeper"}, "Who goes on with it can't be kept out."),
    ],
)
def test_bad_input_says_what_is_wrong_and_changes_nothing(
    world: World, login: Any, taken_case: Case, changes: dict[str, str], words: str
) -> None:
    keeper = world.coordinator.reference
    data = {"reason": WHY, "keeper": keeper, "bar": ""} | changes
    data = {name: keeper if value == "keeper" else value for name, value in data.items()}
    page = Browser(login(world.coordinator)).post(address("case-wall", taken_case), data, 422)
    assert words in page.text
    assert data["reason"] in page.html
    assert not again(taken_case).walled
    assert not Named.objects.exists()
    assert not Barred.objects.exists()


@pytest.mark.parametrize("keeper", ["me", "board"])
def test_a_second_click_changes_nothing_and_is_no_404(world: World, login: Any, taken_case: Case, keeper: str) -> None:
    browser = Browser(login(world.coordinator))
    chosen = world.coordinator.reference if keeper == "me" else "board"
    first = put_up(browser, taken_case, chosen)
    second = browser.post(address("case-wall", taken_case), {"reason": WHY, "keeper": chosen})
    assert second.path == first.path
    assert taken_case.changes.filter(kind="wall").count() == 1
    assert Named.objects.count() == (keeper == "me")


@pytest.mark.parametrize(
    "other", [{"bar": "principal"}, {"reason": "Het is de vader van een leerling."}, {"keeper": "coordinator"}]
)
def test_a_second_form_with_other_words_is_not_taken_for_a_second_click(
    world: World, login: Any, taken_case: Case, other: dict[str, str]
) -> None:
    """Who handed it to the board sees the case no more; what came after it is given back, and says that it was late."""
    browser = Browser(login(world.coordinator))
    put_up(browser, taken_case, "board")
    changed = {name: getattr(world, who).reference if who in world.people else who for name, who in other.items()}
    page = browser.post(address("case-wall", taken_case), {"reason": WHY, "keeper": "board", "bar": "", **changed})
    assert "There was a wall around this case already." in page.text
    assert "The case is behind a wall now" not in page.text
    assert changed.get("reason", WHY) in page.text, "the words are there to be used otherwise"
    assert not Barred.objects.exists()
    assert taken_case.changes.filter(kind="wall").count() == 1


def test_a_wall_that_a_colleague_put_up_first_gives_the_words_back(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.coordinator))
    form = browser.get(address("case-wall", taken_case)).form(has="keeper")
    case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=world.coordinator)
    why, bar = "De conciërge is zijn oom.", world.principal.reference
    page = browser.send(form, reason=why, keeper="board", bar=bar, expect=409)
    assert "There was a wall around this case already." in page.text
    assert why in page.text
    assert WHY in page.text, "that of the colleague"
    browser.send(page.form(action="/notitie/"))
    assert why in browser.get(address("case", taken_case)).text, "it was kept as a note"
    assert not Barred.objects.exists()


def test_a_wall_put_up_again_right_after_it_came_down_stands(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.coordinator))
    put_up(browser, taken_case, world.coordinator.reference)
    page = browser.get(address("case-unwall", taken_case))
    browser.send(page.form(has="reason"), reason="Het bleek een ander te zijn.")
    page = put_up(browser, taken_case, world.coordinator.reference)
    assert "The case is behind a wall now, and you go on with it." in page.text
    assert again(taken_case).walled


def test_a_board_without_officers_can_take_nothing_over(world: World, login: Any, taken_case: Case) -> None:
    Membership.objects.filter(role="board_officer").delete()
    page = Browser(login(world.coordinator)).get(address("case-wall", taken_case))
    assert page.form(has="keeper").options("keeper") == [world.coordinator.reference]
    with pytest.raises(RuleError):
        case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=None)
    assert not again(taken_case).walled


def test_somebody_who_is_kept_out_can_keep_nothing(world: World, taken_case: Case) -> None:
    """Also when they were kept out before."""
    other = person("tweede_coordinator")
    join(other, "coordinator", world.school)
    Barred.objects.create(case=taken_case, user=other, by=world.coordinator, at=taken_case.created_at)
    for keeper, bar in ((other, ()), (world.coordinator, (world.coordinator,)), (world.teacher, ())):
        with pytest.raises(RuleError):
            case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=keeper, bar=bar)
    assert not again(taken_case).walled


def test_the_wall_comes_down_with_a_reason(world: World, login: Any, taken_case: Case) -> None:
    coordinator, officer = Browser(login(world.coordinator)), Browser(login(world.board_officer))
    put_up(coordinator, taken_case, "board", world.sister_coordinator.reference)
    page = officer.get(address("case", taken_case))
    page = officer.get(page.hrefs("afscherming-weg")[0])
    officer.send(page.form(has="reason"), reason="", expect=422)
    page = officer.send(page.form(has="reason"), reason="De moeder werkt hier niet meer.")
    assert page.path == reverse("signals:desk")
    assert "The wall is gone." in page.text
    assert officer.post(address("case-unwall", taken_case), {"reason": WHY}).path == reverse("signals:desk")
    page = coordinator.get(address("case", taken_case))
    assert "De moeder werkt hier niet meer." in page.text
    assert Barred.objects.get().user == world.sister_coordinator
    assert not access.sight(User.objects.get(pk=world.sister_coordinator.pk)).may(taken_case)


def test_a_wall_that_follows_from_whom_it_is_about_stays(world: World, login: Any, walled_signal: Any) -> None:
    page = Browser(login(world.board_officer)).post(address("case-unwall", walled_signal.case), {"reason": WHY}, 422)
    assert "This wall can't be taken down" in page.text
    page = Browser(login(world.board_officer)).get(address("case", walled_signal.case))
    assert page.hrefs("afscherming-weg") == page.hrefs("afschermen") == []


def test_a_new_case_is_walled_as_well_and_then_taken(world: World, login: Any, pupil_signal: Any) -> None:
    put_up(Browser(login(world.coordinator)), pupil_signal.case, "board")
    case_take(by=world.board_officer, case=again(pupil_signal.case))
    assert again(pupil_signal.case).owner == world.board_officer


def test_who_only_reads_it_puts_up_no_wall(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.sister_coordinator)
    assert client.get(address("case-wall", taken_case)).status_code == 404
    assert login(world.teacher).get(address("case-wall", taken_case)).status_code == 404


def test_staff_of_both_can_be_kept_out_each_once(world: World, login: Any, taken_case: Case) -> None:
    join(world.teacher, "coordinator", world.sister_school)
    page = Browser(login(world.coordinator)).get(address("case-wall", taken_case))
    offered = page.form(has="keeper").options("bar")
    wanted = ("author", "teacher", "principal", "sister_coordinator", "board_officer", "privacy_officer", "subject")
    assert {world.people[name].reference for name in wanted} <= set(offered)
    assert len(offered) == len(set(offered))
    assert world.other_coordinator.reference not in offered


def test_the_report_of_somebody_who_is_kept_out_stays_theirs(world: World, login: Any) -> None:
    signal = send(world.author, typed(world))
    case_take(by=world.coordinator, case=signal.case)
    put_up(Browser(login(world.coordinator)), signal.case, "board", world.author.reference)
    Browser(login(world.author)).get(reverse("signals:signal", args=[signal.reference]))


def test_the_case_remembers_from_what_to_what(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.coordinator))
    put_up(browser, taken_case, world.coordinator.reference)
    browser.send(browser.get(address("case-unwall", taken_case)).form(has="reason"), reason=WHY)
    found = taken_case.changes.filter(kind="wall").order_by("pk").values_list("old", "new")
    assert list(found) == [("down", "up"), ("up", "down")]
