"""A whole exercise through the front door, as anybody who may write a report would do it."""

from typing import Any

from accounts.models import User
from signals import report
from signals.forms.practice import PracticeForm
from signals.models import Rehearsal
from signals.services.rehearsing import rehearsal_save, rehearsal_send
from signals.services.sending import Report
from tests.journeys.page import Browser, Page

WHY = "Zo hebben we het in de oefening besloten."
STORY = "Fenna zei in de klas dat ze naar een oorlog wil. Zij liet berichten zien."


def practised(user: User, data: dict[str, Any], answers: dict[str, Any] | None = None) -> Rehearsal:
    """An exercise that was sent, the short way."""
    kept = rehearsal_save(by=user, sector="vo", data=data)
    return rehearsal_send(by=user, rehearsal=kept, report=rehearsed(user, data, answers))


def rehearsed(user: User, data: dict[str, Any], answers: dict[str, Any] | None = None) -> Report:
    """What the form of an exercise amounts to."""
    form = PracticeForm(data, user=user, sector="vo")
    assert form.is_valid(), form.errors
    return report.report(form.cleaned_data, answers or {})


def write(browser: Browser, **changes: Any) -> Page:
    """The first page: radicalisation, about an invented pupil who can be chosen without searching."""
    form = browser.get("/oefenen/melden/").form(id="concern")
    person = {"person": "pupil:P1", "concern": "departure", "observed": STORY} | changes
    return browser.send(form, "continue", **person)


def send(browser: Browser, answers: dict[str, Any] | None = None, **changes: Any) -> Page:
    """Both pages; ends on the steps."""
    page = write(browser, **changes)
    return browser.send(page.form(id="check"), "send", **(answers or {"departure": "suspected"}))


def take(browser: Browser) -> Page:
    page = browser.get("/oefenen/casus/")
    return browser.send(page.form(action="/oefenen/casus/"))


def decline_all(browser: Browser) -> None:
    """Decide against every must that is open, from the page that closes the case."""
    for _turn in range(20):
        links = browser.get("/oefenen/casus/sluiten/").hrefs("/niet-doen/")
        if not links:
            return
        form = browser.get(links[0]).form(has="applies")
        browser.send(form, reason=WHY)
    raise AssertionError("no end to the musts")


def close(browser: Browser) -> Page:
    decline_all(browser)
    form = browser.get("/oefenen/casus/sluiten/").form(has="outcome")
    return browser.send(form, outcome="resolved", reason=WHY)


def rehearse(browser: Browser) -> Page:
    """From the first word to the closing."""
    send(browser)
    take(browser)
    return close(browser)
