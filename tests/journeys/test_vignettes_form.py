"""The twelve cases of the specification, filled in on the real form, give exactly the steps of the specification."""

from datetime import date
from typing import Any

import pytest
import yaml
from django.urls import reverse
from django.utils import timezone

from accounts.models import Pupil, School, User
from escalation.facts import implied_fact
from escalation.vignettes import FILE
from signals.models import Signal, Step
from tests.conftest import World, join, person
from tests.journeys.page import Browser, Form

VIGNETTES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
FIRST_PAGE = frozenset({"sector", "concern", "subject_role", "subject_is_minor"})


def school_for(world: World, sector: str) -> School:
    return School.objects.create(board=world.board, name="De Vignette", sector=sector, municipality="Merendal")


def whom(school: School, facts: dict[str, Any]) -> dict[str, str]:
    """How somebody points out the person it is about."""
    role = facts["subject_role"]
    if role == "pupil":
        born = date(timezone.localdate().year - (15 if facts["subject_is_minor"] else 20), 1, 1)
        pupil = Pupil.objects.create(school=school, name="Eva Vignet", group="1", birth_date=born)
        return {"person": f"pupil:{pupil.reference}"}
    if role in ("staff", "principal"):
        colleague = person("colleague_vignet")
        join(colleague, "principal" if role == "principal" else "teacher", school)
        return {"person": f"staff:{colleague.reference}"}
    return {"subject_description": "Een onbekende man bij de poort"}


def answers(facts: dict[str, Any], form: Form) -> dict[str, Any]:
    """What somebody ticks on the second page. A fact that can't be told there is a hole in the form."""
    ticked: dict[str, Any] = {}
    for fact, value in facts.items():
        if fact in FIRST_PAGE or fact == implied_fact(facts["concern"]):
            continue
        assert fact in form.names(), f"{fact} has no question"
        ticked[fact] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return ticked


def find(browser: Browser, form: Form, search: str, role: str, value: str) -> Form:
    """Search by name with the button, as without a script."""
    assert browser.page is not None
    page = browser.send(form, "search", person_query=search, subject_role=role)
    form = page.form(id="concern")
    assert value in form.options("person")
    return form


def fill_in(browser: Browser, author: User, vignette: dict[str, Any], school: School) -> Signal:
    facts = vignette["facts"]
    form = browser.get(reverse("signals:signal-new")).form(id="concern")
    about = whom(school, facts)
    if "person" in about:
        form = find(browser, form, "vignet", facts["subject_role"], about["person"])
    page = browser.send(
        form,
        "continue",
        subject_role=facts["subject_role"],
        concern=facts["concern"],
        observed=vignette["text"],
        **about,
    )
    assert page.path.endswith("/vragen/"), page.text
    form = page.form(id="check")
    ticked = answers(facts, form)
    page = browser.send(form, "send", expect=422 if facts.get("expression_only") else 200, **ticked)
    if facts.get("expression_only"):
        page = browser.send(page.form(id="check"), "send", keep_name="yes")
    signal = Signal.objects.get(author=author)
    assert page.path == reverse("signals:signal", args=[signal.reference])
    return signal


def rows(signal: Signal) -> list[tuple[str, str, str, str, frozenset[str]]]:
    return [
        (step.recipient, step.obligation, step.basis, step.urgency, frozenset(step.rules))
        for step in Step.objects.filter(signal=signal).order_by("position")
    ]


def wanted(lines: list[str]) -> list[tuple[str, str, str, str, frozenset[str]]]:
    parts = [line.split() for line in lines]
    return [(*part[:4], frozenset(part[4].split("+"))) for part in parts]


def test_there_are_twelve() -> None:
    assert len(VIGNETTES) == 12


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette["id"])
def test_the_form_leads_to_the_steps(world: World, login: Any, vignette: dict[str, Any]) -> None:
    school = school_for(world, vignette["facts"]["sector"])
    author = person("vignette_author")
    join(author, "teacher", school)
    signal = fill_in(Browser(login(author)), author, vignette, school)
    assert rows(signal) == wanted(vignette["steps"])
    assert signal.observed == vignette["text"].strip()
    assert signal.case.walled == (vignette["facts"]["subject_role"] in ("staff", "principal"))


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette["id"])
def test_the_cards_stand_on_the_page_in_that_order(world: World, login: Any, vignette: dict[str, Any]) -> None:
    school = school_for(world, vignette["facts"]["sector"])
    author = person("vignette_author")
    join(author, "teacher", school)
    browser = Browser(login(author))
    signal = fill_in(browser, author, vignette, school)
    assert browser.page is not None
    steps = list(Step.objects.filter(signal=signal).order_by("position"))
    places = {step.reference: browser.page.html.index(f'id="step-{step.reference}"') for step in steps}
    mine = [s.reference for s in steps if s.actor in ("anyone", "author", "everyone") or s.recipient == "board"]
    others = [step.reference for step in steps if step.reference not in mine]
    assert sorted(places, key=places.__getitem__) == mine + others
