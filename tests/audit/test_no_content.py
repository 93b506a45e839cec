"""After a whole journey no event holds a name, a word of the story or a reason."""

from typing import Any

from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Case, Signal, Step
from tests.conftest import PASSWORD, World
from tests.journeys.page import Browser

MARKS = {
    name: f"MERK{number}x{name.upper()}"
    for number, name in enumerate(
        [
            "query",
            "observed",
            "told",
            "opinion",
            "against",
            "addition",
            "note",
            "done_by",
            "with_whom",
            "number",
            "shared",
            "consent",
            "corrected",
            "declined",
            "reopened",
            "moved",
            "closed",
            "again",
            "story",
            "contact",
            "description",
            "draft",
            "mail",
            "file_name",
            "file_about",
            "file_text",
            "file_reason",
        ]
    )
}
NAMES = ("Zandstra", "Noor", "Naamdrager", "school.example", "612345678", PASSWORD)


def write(browser: Browser) -> Signal:
    form = browser.get(reverse("signals:signal-new")).form(id="concern")
    browser.send(form, "save", observed=MARKS["draft"], subject_description=MARKS["description"])
    form = browser.get(reverse("signals:signal-new")).form(id="concern")
    browser.send(form, "search", person_query=MARKS["query"])
    page = browser.send(form, "search", person_query="zandstra")
    form = page.form(id="concern")
    boxes = {name: MARKS[name] for name in ("observed", "told", "opinion", "against")}
    page = browser.send(form, "continue", person=form.options("person")[0], concern="departure", **boxes)
    page = browser.send(page.form(id="check"), "send", departure="suspected")
    browser.send(page.form(action="/aanvullen/"), text=MARKS["addition"])
    return Signal.objects.get()


def file(browser: Browser, case: Case) -> None:
    """Put a file into the case and open it; put in another and take it out."""
    for name in (MARKS["file_name"], "weg"):
        page = browser.get(reverse("signals:case-file-add", args=[case.reference]))
        text = SimpleUploadedFile(f"{name}.txt", MARKS["file_text"].encode())
        browser.send(page.form(has="about"), file=text, about=MARKS["file_about"])
    kept, gone = case.files.order_by("pk")
    browser.client.get(reverse("signals:file", args=[kept.reference]))
    page = browser.get(reverse("signals:file-remove", args=[case.reference, gone.reference]))
    browser.send(page.form(has="reason"), reason=MARKS["file_reason"])


def handle(browser: Browser, case: Case) -> None:
    page = browser.get(reverse("signals:case", args=[case.reference]))
    page = browser.send(page.form(action="/oppakken/"))
    browser.send(page.form(action="/notitie/"), text=MARKS["note"])
    file(browser, case)
    steps = list(Step.objects.filter(case=case, state="open"))
    page = browser.get(reverse("signals:step-done", args=[steps[0].reference]))
    told = {"by_whom": MARKS["done_by"], "with_whom": MARKS["with_whom"], "reference_number": MARKS["number"]}
    consent = {"ground": "law", "consent": "not_asked", "consent_reason": MARKS["consent"]}
    browser.send(page.form(has="happened_on"), shared=MARKS["shared"], **consent, **told)
    browser.get(reverse("signals:step-sheet", args=[steps[0].reference]))
    page = browser.get(reverse("signals:step-reopen", args=[steps[0].reference]))
    browser.send(page.form(has="reason"), reason=MARKS["reopened"])
    page = browser.get(reverse("signals:case-facts", args=[case.reference]))
    browser.send(page.form(has="subject_role"), reason=MARKS["corrected"], concrete_safety_risk="yes")
    for step in Step.objects.filter(case=case, state="open"):
        page = browser.get(reverse("signals:step-decline", args=[step.reference]))
        browser.send(page.form(has="reason"), reason=MARKS["declined"])
    for name, mark in (("case-move", "moved"), ("case-close", "closed"), ("case-reopen", "again")):
        extra = ["escalated"] if name == "case-move" else []
        page = browser.get(reverse(f"signals:{name}", args=[case.reference, *extra]))
        values = {"outcome": "resolved"} if name == "case-close" else {}
        browser.send(page.form(has="reason"), reason=MARKS[mark], **values)


def test_no_event_holds_content(world: World, login: Any, client: Any) -> None:
    User.objects.update(name="Wil Naamdrager")
    for email, password in ((world.author.email, "x" + MARKS["mail"]), (MARKS["mail"] + "@x.nl", PASSWORD)):
        client.post(reverse("account_login"), {"login": email, "password": password})
    signal = write(Browser(login(world.author)))
    handle(Browser(login(world.coordinator)), signal.case)
    principal = Browser(login(world.principal))
    page = principal.get(reverse("signals:story", args=[signal.case.reference]))
    principal.send(page.form(has="reason"), reason=MARKS["story"])
    edit = reverse("escalation:contact-edit", args=[world.school.reference, "board"])
    page = principal.get(edit)
    principal.send(page.form(has="phone"), name=MARKS["contact"], phone="0612345678")
    Browser(login(world.teacher)).get(f"/casus/{signal.case.reference}/", 404)
    Browser(login(world.privacy_officer)).get(reverse("signals:trail"))
    assert AuditEvent.objects.count() > 35
    everything = serializers.serialize("json", AuditEvent.objects.all())
    assert not [mark for mark in (*MARKS.values(), *NAMES) if mark.lower() in everything.lower()]


def test_the_marks_are_all_somewhere_in_the_case(world: World, login: Any) -> None:
    """Guards the test above: what it planted was really stored."""
    signal = write(Browser(login(world.author)))
    browser = Browser(login(world.coordinator))
    handle(browser, signal.case)
    html = browser.get(reverse("signals:case", args=[signal.case.reference])).html
    planted = set(MARKS) - {"query", "story", "contact", "description", "draft", "mail", "file_text"}
    assert not [name for name in planted if MARKS[name] not in html]
