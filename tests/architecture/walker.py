"""Turns the matrix into requests: which address, with which body, sent by whom."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.factors.selectors import passkey_code
from accounts.grants import schools_to_write_for
from accounts.links import token
from tests.architecture.conftest import WHY, Stage
from tests.architecture.matrix import ALL, MATRIX, Page
from tests.conftest import PASSWORD, typed
from tests.dossiers import entry
from tests.factors import code

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNKNOWN = "2222-2222-22"
SLUGS = {
    "signals:practice-act": "antwoorden",
    "sso_begin": "entree",
    "openid_connect_callback": "surfconext",
    "saml_acs": "entree",
    "saml_finish_acs": "entree",
    "saml_metadata": "entree",
}
NOWHERE = "/bestaat-niet/"
# Whose reference stands in the path, by the name of the rows in the stage.
OF_WORK = {
    "signals:task-change": "tasks",
    "signals:task-end": "tasks",
    "signals:task-ics": "tasks",
    "signals:task-reopen": "ended",
    "signals:dossier": "dossiers",
    **dict.fromkeys(("signals:dossier-state", "signals:dossier-again", "signals:dossier-pdf"), "dossiers"),
    **dict.fromkeys(("signals:dossier-for", "signals:dossier-parts", "signals:dossier-look"), "letters"),
    "signals:meeting": "meetings",
    "signals:meeting-add": "meetings",
    "signals:meeting-ics": "meetings",
    "signals:meeting-move": "coming",
}


@dataclass(frozen=True)
class Cell:
    """One request and the status it must get. `word`: GET, HEAD, POST, EMPTY, FOREIGN or another method."""

    name: str
    persona: str
    word: str
    kind: str
    status: int

    @property
    def method(self) -> str:
        return "POST" if self.word in ("EMPTY", "FOREIGN") else self.word

    def __str__(self) -> str:
        return f"{self.word} {self.name} {self.kind} as {self.persona}"


def cells(name: str, page: Page) -> Iterator[Cell]:
    """Every cell of a page: the rows, HEAD beside GET, and the methods without a row.

    What can't differ is asked once: who does not pass the guard is turned away before anything is looked up, so they
    ask about one kind of object; who may not POST need not POST nothing as well; HEAD goes the way of GET, so
    a few try it. Everybody tries one of the methods without a row in turn, and all of them where the answers differ
    from person to person.
    """
    rows = [(*word.partition(" ")[::2], codes) for word, codes in page.cells.items()]
    used = {Cell(name, "", word, "", 0).method for word, _kind, _codes in rows}
    used |= {"HEAD"} if "GET" in used else set()
    free = [method for method in METHODS if method not in used]
    posts = {kind for word, kind, _codes in rows if word == "POST"}
    for turn, persona in enumerate(sorted(ALL)):
        outside = 302 if persona == "visitor" and not page.public else 404
        asked = set[str]()
        for word, kind, codes in rows:
            again = word in asked and persona not in page.guard
            again = again or (word == "EMPTY" and kind in posts)
            if persona in codes or not again:
                asked.add(word)
                yield Cell(name, persona, word, kind, codes.get(persona, outside))
            if word == "GET" and kind == rows[0][1] and (persona in sorted(codes)[:3] or turn % 4 == 0):
                yield Cell(name, persona, "HEAD", kind, codes.get(persona, outside))
        for place, method in enumerate(free):
            answers = page.other.get(method, {})
            if place == turn % len(free) or len(set(answers.values())) > 1:
                yield Cell(
                    name, persona, method, rows[0][1], answers.get(persona, 405) if persona in page.guard else outside
                )


def ask(stage: Stage, cell: Cell, path: str) -> HttpResponse:
    """Send the request with a fresh set of cookies: only the session that this persona came with."""
    client, key = stage.clients[cell.persona], stage.sessions[cell.persona]
    client.cookies.clear()
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    data = None
    if cell.method == "POST":
        data = {"csrfmiddlewaretoken": "-"} if cell.word == "EMPTY" else body(stage, cell)
    return getattr(client, cell.method.lower())(path, data)


def address(stage: Stage, cell: Cell, *, unknown: bool = False) -> str:
    """The path of a cell; `unknown`: with a reference that nothing has."""
    args = arguments(stage, cell)
    if unknown and args:
        args = [UNKNOWN, *args[1:]]
    return reverse(cell.name, args=args)


def arguments(stage: Stage, cell: Cell) -> list[str]:
    """What stands in the path: the same for everybody, so it is looked up once."""
    known = stage.arguments
    if (cell.name, cell.kind) not in known:
        known[cell.name, cell.kind] = _arguments(stage, cell)
    return known[cell.name, cell.kind]


ONE_OF: dict[str, Callable[[Stage, Cell], str]] = {
    "passkey": lambda stage, _cell: passkey_code(stage.passkey),
    "practice": lambda stage, cell: stage.exercise[cell.name.endswith("reopen")],
    "absence": lambda stage, _cell: stage.absence.reference,
    "filter": lambda stage, _cell: stage.filter.reference,
    "draft": lambda stage, _cell: stage.draft.reference,
    "glass/waits": lambda stage, _cell: stage.glass.reference,
}


def _arguments(stage: Stage, cell: Cell) -> list[str]:
    kind = cell.kind
    if cell.name.startswith("accounts:") or cell.name in ("signals:person-leaves", "signals:role-end"):
        return people(stage, cell)
    if cell.name == "account_reset_password_from_key":
        user = stage.user("author")
        key = default_token_generator.make_token(user) if kind == "link" else "abc-def"
        return [user_pk_to_url_str(user), key]
    if cell.name in SLUGS:
        return [SLUGS[cell.name]]
    if cell.name.startswith("escalation:contact-"):
        return [getattr(stage.world, kind).reference, "police_contact"] if kind else []
    if kind.startswith("own/"):
        return [stage.agreed[kind].reference]
    if cell.name in ("escalation:calendar", "escalation:calendar-edit", "escalation:closing-add"):
        return [getattr(stage.world, kind).reference]
    if kind in ONE_OF:
        return [ONE_OF[kind](stage, cell)]
    return of_case(stage, cell) if kind and cell.name != "signals:glass-break" else []


def of_case(stage: Stage, cell: Cell) -> list[str]:
    """The path of a page about a case, a step or a report."""
    kind = cell.kind
    if "step-" in cell.name:
        state = "done" if cell.name == "signals:step-reopen" else "open"
        return [stage.step(kind, state).reference]
    if cell.name.startswith("signals:signal"):
        return [stage.signals[kind].reference]
    if cell.name == "signals:file":
        return [stage.files[kind].reference]
    if cell.name in OF_WORK:
        return [getattr(stage, OF_WORK[cell.name])[kind].reference]
    reference = stage.case(kind).reference
    if cell.name in ("signals:case-person", "signals:case-role"):
        return [reference, stage.signals[kind].people.get().row_key]
    if cell.name in ("signals:case-person-remove", "signals:case-person-back"):
        return [reference, stage.added[kind][cell.name == "signals:case-person-back"].row_key]
    if cell.name == "signals:file-remove":
        return [reference, stage.files[kind].reference]
    if cell.name == "signals:share-end":
        return [reference, stage.case("pupil/taken").shares.order_by("pk")[0].reference]
    return [reference, "escalated"] if cell.name == "signals:case-move" else [reference]


def people(stage: Stage, cell: Cell) -> list[str]:
    """The path of a page about somebody."""
    if "invitation" in cell.name:
        if cell.name == "accounts:invitation":
            found = token(stage.invitation) if cell.kind == "link" else "0" * 64
            return [stage.invitation.reference, found]
        return [stage.invitation.reference]
    if not cell.kind:
        return []
    who = {"colleague": "author", "self": "administrator", "stranger": "other_coordinator"}
    user = stage.invitation.user if cell.kind == "invited" else stage.user(who[cell.kind])
    if cell.name == "signals:role-end":
        return [user.reference, user.memberships.get().reference]
    return [user.reference]


def body(stage: Stage, cell: Cell) -> dict[str, Any]:
    """A filled-in form for the address."""
    text = {"text": "Een aanvulling.", "key": str(uuid.uuid4())}
    now = timezone.localtime()
    version = stage.case(cell.kind).version if cell.kind in stage.signals else 0
    done = {"happened_on": now.date().isoformat(), "happened_time": "00:00", "by_whom": "Iemand van het team"}
    new = {"password1": "een-ander-wachtwoord-2027", "password2": "een-ander-wachtwoord-2027"}
    school, today = stage.world.sister_school.reference, now.date().isoformat()
    role = {"role": "coordinator", "place": school, "starts_on": today, "ends_on": ""}
    bodies: dict[str, dict[str, Any]] = {
        "set_language": {"language": "en", "next": "/"},
        "account_login": {"login": "author@school.example", "password": PASSWORD},
        "account_reauthenticate": {"password": PASSWORD},
        "mfa_authenticate": {"code": code()},
        "mfa_login_webauthn": {"credential": "{}"},
        "mfa_reauthenticate": {"code": code()},
        "mfa_reauthenticate_webauthn": {"credential": "{}"},
        "mfa_activate_totp": {"code": code()},
        "mfa_add_webauthn": {"credential": "{}", "name": "Sleutel"},
        "mfa_edit_webauthn": {"name": "Andere sleutel"},
        "sessions": {"action": "others"},
        "kept_words": {"discard": UNKNOWN},
        "words_typed": {"kept_words": UNKNOWN, "kept_path": "/nergens/", "text": "Iets"},
        "account_change_password": {"oldpassword": PASSWORD, **new},
        "account_reset_password": {"email": "author@school.example"},
        "account_reset_password_from_key": new,
        "saml_acs": {"SAMLResponse": "eA=="},
        "sso_links": {"action": "unlink", "provider": "entree"},
        "signals:person-search": {"person_query": "noor", "subject_role": "pupil"},
        "signals:draft": typed(stage.world),
        "signals:draft-keep": {**typed(stage.world), "key": UNKNOWN, "page": UNKNOWN, "turn": 1},
        "signals:signal-add": text,
        "signals:desk-take": {"case": [stage.case("pupil/new").reference] if cell.persona == "coordinator" else []},
        "signals:filter-save": {"name": "Nieuw filter", "query": "tab=open&status=monitoring"},
        "signals:filter-edit": {"name": "Andere naam"},
        "signals:case-note": text,
        **dict.fromkeys(("signals:case-file-add", "signals:signal-file-add"), filing(cell)),
        "signals:file-remove": {"reason": WHY},
        "signals:case-share": sharing(stage),
        "signals:share-search": {"colleague_query": "teacher"},
        "signals:case-join": {"into": stage.case("pupil/taken").reference},
        "signals:case-reports": {
            "what": "all",
            "where": "number",
            "number": stage.case("pupil/taken").reference.lower().replace("-", " "),  # see case-search
            "reason": WHY,
            "key": str(uuid.uuid4()),
        },
        "signals:case-role": {"role": "witness"},
        "signals:case-person-add": {"description": "Een buurman", "role": "witness", "key": str(uuid.uuid4())},
        "signals:case-move": {"reason": WHY},
        "signals:case-facts": {
            "immediate_danger": "yes",
            "reason": WHY,
            "subject_role": subject(stage, cell),
            "seen": 0,
        },
        "signals:case-close": {"outcome": "resolved", "reason": WHY, "version": version},
        "signals:case-reopen": {"reason": WHY},
        "signals:step-done": done,
        "signals:practice-form": typed(stage.world, person="pupil:P1"),
        "signals:practice-case": text,
        "signals:practice-act": {"immediate_danger": "yes", "reason": WHY, "subject_role": "pupil", "seen": 0},
        "signals:practice-step-done": done,
        "signals:practice-step-decline": {"applies": "yes", "reason": WHY},
        "signals:practice-step-reopen": {"reason": WHY},
        "signals:step-decline": {"applies": "yes", "reason": WHY},
        "signals:step-reopen": {"reason": WHY},
        "signals:case-wall": {"reason": WHY, "keeper": "board"},
        "signals:case-unwall": {"reason": WHY},
        "signals:glass-break": {"reference": number(stage, cell), "reason": WHY},
        "signals:glass-review": {"review": WHY},
        "signals:story": {"reason": WHY},
        # Typed otherwise than it is written: the page repeats it, and the number itself must stand there only if found.
        "signals:case-search": {"q": stage.case("pupil/taken").reference.lower().replace("-", " ")},
        "signals:readable": {"person": stage.user("coordinator").reference, "day": now.date().isoformat()},
        "signals:readable-people": {"person_query": "coordinator"},
        "signals:trail-check": {"pasted": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01 " + "0" * 64},
        "accounts:people": {"query": "author"},
        "accounts:post": {"action": "mails-retry"},
        "accounts:messages": {"rhythm": "daily", "weekend": "on"},
        "accounts:invite": {"name": "Nieuwe Collega", "email": "nieuw@school.example", **role},
        "accounts:role-new": role,
        "accounts:invitation": new,
        **dossiers(stage, cell),
        **addresses_and_days(stage, today),
        **work(stage, cell, today),
    }
    return concern(stage, cell) if cell.name == "signals:signal-new" else bodies.get(cell.name, {})


def dossiers(stage: Stage, cell: Cell) -> dict[str, dict[str, Any]]:
    """For the police, about whom the case is about; only looked up for who asks for one."""
    if not cell.name.startswith("signals:dossier"):
        return {}
    told = None
    if cell.kind in stage.dossiers:
        told = stage.told[cell.kind] = stage.told.get(cell.kind) or entry(stage.case(cell.kind))
    asked = {name: value or "" for name, value in asdict(told).items()} if told else {}
    asked |= {"to_name": told.name, "whom": told.about} if told else {}
    return {
        "signals:dossier-new": {**asked, "key": str(uuid.uuid4())},
        "signals:dossier-for": {**asked, "key": str(uuid.uuid4())},
        "signals:dossier-parts": {"part": ["n1"], "action": "keep"},
        "signals:dossier-look": {"action": "word", "word": "tas", "choice": "new"},
        "signals:dossier-check": {"file": SimpleUploadedFile("brief.pdf", b"%PDF-1.7 Iets anders")},
    }


def addresses_and_days(stage: Stage, today: str) -> dict[str, dict[str, Any]]:
    """Contacts and the school calendar. Everybody who may fill in `owner` may choose the administrator."""
    owner = stage.user("administrator").reference
    proposed = {"obligation": "advice", "urgency": "planned", "why_nl": WHY, "starts_on": today, "action": "propose"}
    proposed["key"] = str(uuid.uuid4())
    return {
        "escalation:contact-edit": {"name": "Wijkagent A. Smit", "phone": "0301234567", "email": "", "owner": owner},
        "escalation:contacts-due": {"contact": stage.contact.reference},
        "escalation:calendar": {"remove": stage.closing.reference},
        "escalation:calendar-edit": {"region": "midden", "opens_0": "08:00", "closes_0": "17:00"},
        "escalation:closing-add": {"label": "Studiedag", "starts_on": today, "ends_on": ""},
        "escalation:own-step-new": proposed | {"first": "concern=weapon", "recipient": "parents"},
        "escalation:own-step-change": proposed | {"step": "R23:principal", "what": "change"},
        "escalation:own-step-approve": {"seen": 1},
        "escalation:own-step-stop": {"reason": WHY},
    }


def work(stage: Stage, cell: Cell, today: str) -> dict[str, dict[str, Any]]:
    """Hand-overs, tasks, meetings and absences. Everybody gives a task to themselves."""
    key, me = str(uuid.uuid4()), stage.world.people.get(cell.persona, stage.user("coordinator")).reference
    asked = {"asked": stage.hand_over.reference}
    later = (date.fromisoformat(today) + timedelta(days=3)).isoformat()
    task = {"text": "Een taak.", "assignee": me, "due_on": today, "remind": "before", "anyway": "on"}
    two = {"user": stage.user("sister_coordinator").reference, "deputy": stage.user("two_hats").reference}
    return {
        "signals:hand-over": {"to": stage.user("board_officer").reference, "text": WHY, "key": key},
        "signals:hand-over-answer": {"answer": "accept", **asked},
        "signals:hand-over-withdraw": asked,
        "signals:task-new": {**task, "key": key},
        "signals:task-change": {**task, "version": 1},
        "signals:task-end": {"outcome": "done", "text": "", "version": 1},
        "signals:meeting-new": {"held_on": today, "held_at": "10:00", "present": me, "key": key},
        "signals:meeting-add": {"text": "Nog iets.", "key": key},
        "signals:meeting-move": {"held_on": later, "held_at": "10:00", "present": me, "version": 1},
        "signals:absences": {**two, "starts_on": today, "ends_on": today},
    }


def sharing(stage: Stage) -> dict[str, Any]:
    """Somebody who could receive any case of the board."""
    day = timezone.localdate().isoformat()
    whom = {"colleague": f"staff:{stage.user('teacher').reference}", "level": "read"}
    return {**whom, "reason": WHY, "ends_on": day, "key": str(uuid.uuid4()), "action": "share"}


def filing(cell: Cell) -> dict[str, Any]:
    """A file; a stream is read once, so each request gets a new one."""
    return {"file": SimpleUploadedFile("berichten.txt", b"Berichten"), "about": "", "key": str(uuid.uuid4())}


def subject(stage: Stage, cell: Cell) -> str:
    return stage.case(cell.kind).subject_role if cell.kind in stage.signals else ""


def number(stage: Stage, cell: Cell) -> str:
    return stage.case(cell.kind).reference if cell.kind in stage.signals else ""


def concern(stage: Stage, cell: Cell) -> dict[str, Any]:
    """The first page of a report at one's own school, or about a pupil who is at `school`."""
    if cell.word == "FOREIGN":
        return typed(stage.world, school=stage.world.school.reference)
    user = stage.world.people.get(cell.persona)
    schools = schools_to_write_for(user) if user else []
    return typed(
        stage.world,
        person="",
        subject_description="Een leerling uit de brugklas",
        school=schools[0].reference if schools else "",
    )


def every_cell(names: list[str]) -> list[Cell]:
    return [cell for name in names for cell in cells(name, MATRIX[name])]
