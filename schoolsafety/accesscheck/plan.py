"""What the self-test expects: who sees what, in words that a privacy officer can sign.

It is written down here once more, apart from `accounts.roles` and `signals.access` that decide: a self-test that asked
them what is right would always agree. KNOWS says how far each person gets with each case; NEEDS how far one has to be
for each address; OPEN which roles have a page that is about no case. An address in none of them is a surprise.
"""

from enum import IntEnum

from django.utils.translation import gettext_lazy as _


class Far(IntEnum):
    """How far somebody gets with a case. Each includes the ones before, but FOLLOW leads to other pages than READ."""

    NOTHING = 0
    FOLLOW = 1
    READ = 2
    ADD = 3
    HANDLE = 4


FAR_WORDS = {
    Far.NOTHING: _("nothing"),
    Far.FOLLOW: _("the steps, without the story"),
    Far.READ: _("reads"),
    Far.ADD: _("reads and adds notes"),
    Far.HANDLE: _("handles"),
}
# Everybody who tries, with what they are.
PEOPLE = {
    "author": _("teacher who wrote the reports"),
    "teacher": _("another teacher of the school"),
    "coordinator": _("care coordinator of the school"),
    "barred": _("second care coordinator, kept out of one case"),
    "principal": _("principal of the school"),
    "subject": _("teacher about whom a report is"),
    "reader": _("teacher of another school, with a share to read"),
    "adder": _("teacher of another school, with a share to add notes"),
    "expired": _("teacher of another school, whose share has expired"),
    "away_coordinator": _("care coordinator of another school of the board"),
    "glass": _("care coordinator of another school, with break-glass that is open"),
    "glass_over": _("care coordinator of another school, whose hour of break-glass is over"),
    "officer": _("board officer"),
    "officer_subject": _("board officer about whom a report is"),
    "privacy": _("privacy officer of the board"),
    "administrator": _("administrator of the board"),
    "former": _("former care coordinator, whose role has ended"),
    "closed": _("care coordinator whose account is closed"),
    "abroad_coordinator": _("care coordinator at another board"),
    "abroad_officer": _("board officer of another board"),
    "superuser": _("superuser without a role"),
    "visitor": _("visitor who has not logged in"),
}
# To whom every page is the log-in page. A session of before the account was closed no longer counts.
OUTSIDE = frozenset({"visitor", "closed"})
CASES = {
    "new": _("a new report about a pupil"),
    "taken": _("a case about a pupil, in hand"),
    "shared": _("a case about a pupil, shared and opened by break-glass"),
    "staff": _("a case about a teacher"),
    "about_coordinator": _("a case about the care coordinator"),
    "about_principal": _("a case about the principal"),
    "about_officer": _("a case about a board officer"),
    "hand": _("a case about a pupil, walled by hand, with the care coordinator named on it"),
    "away": _("a case of another school of the board"),
    "abroad": _("a case of another board"),
}
_SCHOOL = {"coordinator": Far.HANDLE, "barred": Far.HANDLE, "principal": Far.FOLLOW}
_WALL = {"officer": Far.HANDLE, "officer_subject": Far.HANDLE}
KNOWS: dict[str, dict[str, Far]] = {
    "new": _SCHOOL,
    "taken": _SCHOOL,
    "shared": _SCHOOL | {"reader": Far.READ, "adder": Far.ADD, "glass": Far.READ},
    "staff": _WALL,
    "about_coordinator": _WALL,
    "about_principal": _WALL,
    "about_officer": {"officer": Far.HANDLE},
    "hand": _WALL | {"coordinator": Far.HANDLE},
    "away": {"away_coordinator": Far.HANDLE, "glass": Far.HANDLE, "glass_over": Far.HANDLE},
    "abroad": {"abroad_coordinator": Far.HANDLE},
}
# Who finds the number of a case, and nothing else: it stays with a share that is over.
NUMBERS: dict[str, frozenset[str]] = {"shared": frozenset({"expired", "glass_over"})}
# Addresses about one case or step, and how far one has to be. Those in FOLLOWED need FOLLOW and nothing else.
NEEDS: dict[str, Far] = {
    "signals:case": Far.READ,
    "signals:case-person": Far.READ,
    "signals:case-note": Far.ADD,
    "signals:case-file-add": Far.ADD,
    **dict.fromkeys(
        (
            "signals:case-role",
            "signals:case-person-add",
            "signals:case-person-remove",
            "signals:case-person-back",
            "signals:case-take",
            "signals:case-join",
            "signals:case-reports",
            "signals:case-reports-back",
            "signals:case-move",
            "signals:case-facts",
            "signals:case-close",
            "signals:case-reopen",
            "signals:case-share",
            "signals:share-search",
            "signals:file-remove",
            "signals:case-unwall",
            "signals:case-take-over",
            "signals:step-done",
            "signals:step-decline",
            "signals:step-reopen",
            "signals:step-sheet",
            "signals:step-ics",
            "signals:hand-over",
            "signals:hand-over-answer",
            "signals:hand-over-withdraw",
            "signals:task-new",
            "signals:meeting-new",
            "signals:dossier-new",
        ),
        Far.HANDLE,
    ),
}
FILE = "signals:file"  # one that the writer of the report added: for who reads the case, and for them
# About the task, the meeting and the dossiers of these two cases. The task is of the care coordinator, so only who
# handles ends it.
WORKED = ("shared", "hand")
OF_TASKS: dict[str, Far] = {
    **dict.fromkeys(("signals:task-change", "signals:task-end", "signals:task-reopen"), Far.HANDLE),
    "signals:task-ics": Far.ADD,
}
OF_MEETINGS: dict[str, Far] = {
    "signals:meeting": Far.READ,
    "signals:meeting-ics": Far.READ,
    "signals:meeting-add": Far.HANDLE,
    "signals:meeting-move": Far.HANDLE,
}
OF_DOSSIERS = dict.fromkeys(
    ("signals:dossier", "signals:dossier-state", "signals:dossier-again", "signals:dossier-pdf"), Far.HANDLE
)
OF_LETTERS = dict.fromkeys(("signals:dossier-for", "signals:dossier-parts", "signals:dossier-look"), Far.HANDLE)
ROWS = {"tasks": OF_TASKS, "meetings": OF_MEETINGS, "dossiers": OF_DOSSIERS, "letters": OF_LETTERS}
OF_WORK: dict[str, Far] = OF_TASKS | OF_MEETINGS | OF_DOSSIERS | OF_LETTERS
ABSENCES = ("signals:absence-end",)  # an absence at the school
DEPUTIES = frozenset({"coordinator", "barred"})
ADDED = ("signals:case-person-remove", "signals:case-person-back")  # who was added to the case
SHARES = ("signals:share-end",)  # about the share of the shared case
PERSONS = ("signals:case-person", "signals:case-role")  # about whom the report of the case is
FOLLOWED = ("signals:followup-case", "signals:story", "signals:case-spoken")
WALLED = ("signals:case-wall",)  # who handles or follows the cases of their own school
REVIEWED = ("signals:glass-review",)  # the break-glass of `shared`
REVIEWERS = frozenset({"principal", "officer", "officer_subject"})
WRITTEN = (
    "signals:signal",
    "signals:signal-add",
    "signals:signal-called",
    "signals:signal-file-add",
)  # the writer's own
DRAFTS = ("signals:draft", "signals:draft-check", "signals:draft-discard")
# The author has an exercise; of nobody else's there is a door.
EXERCISES = (
    "signals:practice-step-done",
    "signals:practice-step-decline",
    "signals:practice-step-reopen",
    "signals:practice-step-sheet",
)
FILTERS = ("signals:filter-edit", "signals:filter-remove")  # a filter that the coordinator kept
AUTHORS = {"away": "away_coordinator", "abroad": "abroad_coordinator"}  # of the others it is `author`

_STAFF = {"author", "teacher", "coordinator", "barred", "principal", "subject", "reader", "adder", "expired"}
_AWAY = {"away_coordinator", "glass", "glass_over"}
_OFFICERS = {"officer", "officer_subject", "abroad_officer"}
_COORDINATORS = {"coordinator", "barred", "abroad_coordinator"} | _AWAY
WRITERS = frozenset(_STAFF | _AWAY | _OFFICERS | {"abroad_coordinator"})
EVERYBODY = WRITERS | {"privacy", "administrator"}
PUBLIC = frozenset(PEOPLE)
OPEN: dict[str, frozenset[str]] = {
    "start": EVERYBODY,
    "escalation:protocol": EVERYBODY,
    "signals:mine": WRITERS,
    "signals:signal-new": WRITERS,
    "signals:paper": WRITERS,
    "signals:called": WRITERS,
    "signals:draft-keep": WRITERS,
    "signals:person-search": WRITERS,
    **dict.fromkeys(
        (
            "signals:practice",
            "signals:practice-form",
            "signals:practice-check",
            "signals:practice-report",
            "signals:practice-case",
            "signals:practice-act",
            "signals:practice-follow",
        ),
        WRITERS,
    ),
    "signals:shared": WRITERS,
    "signals:case-search": WRITERS,
    "signals:desk": frozenset(_COORDINATORS | _OFFICERS),
    **dict.fromkeys(("signals:desk-take", "signals:filter-save"), frozenset(_COORDINATORS | _OFFICERS)),
    "signals:absences": frozenset(_COORDINATORS | _OFFICERS),
    "signals:followup": frozenset({"principal"}),
    "signals:trail": EVERYBODY,
    "signals:trail-csv": EVERYBODY,
    "signals:trail-xlsx": EVERYBODY,
    **dict.fromkeys(
        (
            "signals:trail-check",
            "signals:trail-proof",
            "signals:trail-growth",
            "signals:trail-verifier",
        ),
        frozenset(_OFFICERS | {"principal", "privacy"}),
    ),
    "signals:trail-seal": frozenset(),  # the invented board has no seal to download
    **dict.fromkeys(("signals:readable", "signals:readable-people"), frozenset({"privacy"})),
    "signals:glass-break": frozenset(_COORDINATORS | _OFFICERS | {"principal"}),
    "signals:dossier-check": frozenset(_COORDINATORS | _OFFICERS | {"principal"}),
    "signals:glass": frozenset(_OFFICERS | {"principal", "privacy"}),
    **dict.fromkeys(
        ("escalation:contacts", "escalation:contacts-due", "escalation:calendars"),
        frozenset(_COORDINATORS | {"principal", "administrator"}),
    ),
    **dict.fromkeys(
        ("escalation:own-steps", "escalation:own-step-new", "escalation:own-step-change"),
        frozenset(_COORDINATORS | _OFFICERS | {"principal"}),
    ),
    "accounts:people": frozenset({"administrator"}),
    "accounts:post": frozenset({"administrator"}),
    "accounts:invite": frozenset({"administrator"}),
}
# Pages about one person, for who keeps the people of the board: about a colleague, and about somebody of another board.
COLLEAGUES = (
    "accounts:person",
    "accounts:role-new",
    "accounts:password-reset",
    "accounts:sessions-end",
    "accounts:factors-reset",
    "signals:person-leaves",
    "signals:role-end",
)
INVITATIONS = ("accounts:invitation-again", "accounts:invitation-withdraw")
KEEPERS = frozenset({"administrator"})
ABOUT = {"colleague": "teacher", "stranger": "abroad_coordinator"}
# The contacts and the calendar of the school: who keeps them.
CONTACTS = ("escalation:contact-edit", "escalation:contact-check")
CALENDARS = ("escalation:calendar", "escalation:calendar-edit", "escalation:closing-add")
CONTACT_KEEPERS = frozenset({"coordinator", "barred", "principal", "administrator"})
# What the care coordinator proposed to agree about a step: who sees it at that board, and who decides about it.
AGREED: dict[str, frozenset[str]] = {
    "escalation:own-step": frozenset({"coordinator", "barred", "principal", "officer", "officer_subject"} | _AWAY),
    "escalation:own-step-approve": frozenset({"officer", "officer_subject"}),
    "escalation:own-step-stop": frozenset({"coordinator", "officer", "officer_subject"}),
}
# Pages about nothing but oneself: everybody with a role, and nobody else's things are on them.
OWN = (
    "accounts:messages",
    *(
        "account_change_password",
        "account_reauthenticate",
        "sessions",
        "kept_words",
        "words_typed",
        "sso_links",
        "sso_confirm",
    ),
    *("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn"),
    *("mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
)
