"""The access matrix: what every address answers to everybody, for every kind of object.

    "signals:case": Page(HANDLERS, {"GET pupil/new": {"coordinator": 200, "two_hats": 403}, ...})

reads: coordinators, board officers and the like pass the guard; of them the school's own coordinator gets the page of a
new case about a pupil, somebody who only follows that school gets 403, and everybody who is not named gets 404, which
looks the same as an unknown address. A visitor is sent to the log-in page, unless the page is public. HEAD answers as
GET does. A method without a row answers 405 to those who pass the guard and 404 to the others.

Methods: GET; POST with a filled-in form; EMPTY, a POST with nothing in it; FOREIGN, a POST that names a pupil who is at
`school`. Kinds: whom it is about / state. `sister` is a pupil of the sister school; `staff` and `principal` are walled
cases of `school`. `ready` is taken, with nothing left that must be done; `glass` is taken, and the person `glass` of a
third school opened it by break-glass, which waits for a review (`glass/waits`). `wall/hand`: about a pupil, walled by
hand, with the coordinator named on it. `dead` and `link`: a password link that does not hold, and one that does.
"""

from dataclasses import dataclass, field

Codes = dict[str, int]

DESK = frozenset(
    {
        "coordinator",
        "sister_coordinator",
        "other_coordinator",
        "board_officer",
        "other_board_officer",
        "two_hats",
        "glass",
    }
)
WALLERS = frozenset({"coordinator", "sister_coordinator", "other_coordinator", "principal", "two_hats", "glass"})
HANDLERS = DESK | {"principal"}  # a principal may be named on a walled case
FOLLOWERS = frozenset({"principal", "two_hats"})
RECEIVERS = frozenset({"sharee", "contributor", "expired"})  # teachers with a share of the taken case about a pupil
WRITERS = HANDLERS | FOLLOWERS | RECEIVERS | {"author", "teacher", "subject"}
ADMINISTRATORS = frozenset({"administrator", "other_administrator"})
PEOPLE = WRITERS | ADMINISTRATORS | {"privacy_officer"}
CHECKERS = FOLLOWERS | {"board_officer", "other_board_officer", "privacy_officer"}
CONTACTS = WALLERS | ADMINISTRATORS
PROPOSERS = WALLERS | {"board_officer", "other_board_officer"}
HERE = PROPOSERS - {"other_coordinator", "other_board_officer"}  # of the board whose agreements there are
KEEP_SCHOOL = frozenset({"coordinator", "principal", "two_hats", "administrator"})  # the contacts of `school`
OFFICERS = frozenset({"privacy_officer"})
REVIEWERS = FOLLOWERS | {"board_officer", "other_board_officer"}
WITHOUT_ROLE = frozenset({"superuser", "former"})
EVERYBODY = PEOPLE | WITHOUT_ROLE
ALL = EVERYBODY | {"visitor"}


@dataclass(frozen=True)
class Page:
    """One address.

    guard: who passes the guard.
    cells: "METHOD kind" to persona to status.
    public: open to visitors too.
    other: statuses of methods without a row for those who pass the guard, where they differ from 405.
    """

    guard: frozenset[str]
    cells: dict[str, Codes]
    public: bool = False
    other: dict[str, Codes] = field(default_factory=dict)


def to(code: int, *names: str) -> Codes:
    return dict.fromkeys(names, code)


def school(code: int) -> Codes:
    """A case about a pupil of `school`: its coordinator; who only follows that school may not do this."""
    return to(code, "coordinator") | to(403, *FOLLOWERS)


def sister(code: int) -> Codes:
    return to(code, "sister_coordinator", "two_hats")


def board(code: int) -> Codes:
    """A walled case: the board's officer alone."""
    return to(code, "board_officer")


def wall(code: int) -> Codes:
    """A case about a pupil that was walled by hand: who is named on it, and the board's officer."""
    return to(code, "coordinator", "board_officer")


def handled(method: str, new: int, taken: int, closed: int) -> dict[str, Codes]:
    """The rows of something that handlers do, by the state of the case."""
    return {
        f"{method} pupil/new": school(new),
        f"{method} pupil/taken": school(taken),
        f"{method} pupil/closed": school(closed),
        f"{method} pupil/glass": school(taken) | to(403, "glass"),
        f"{method} wall/hand": wall(taken),
        f"{method} sister/new": sister(new),
        f"{method} staff/new": board(new),
        f"{method} staff/taken": board(taken),
        f"{method} principal/new": board(new),
    }


def newcomers(method: str) -> dict[str, Codes]:
    """The rows of something with a person who was added: there is one in each of these cases."""
    return {
        f"{method} pupil/taken": school(302),
        f"{method} wall/hand": wall(302),
        f"{method} sister/new": sister(302),
        f"{method} staff/taken": board(302),
    }


def followed(method: str, code: int) -> dict[str, Codes]:
    """The rows of something for whoever follows the cases of a school; walled cases are not among them."""
    return {
        f"{method} pupil/new": to(code, *FOLLOWERS),
        f"{method} pupil/taken": to(code, *FOLLOWERS),
        f"{method} pupil/closed": to(code, *FOLLOWERS),
        f"{method} pupil/glass": to(code, *FOLLOWERS),
        f"{method} wall/hand": {},
        f"{method} sister/new": to(403, "two_hats"),
        f"{method} staff/new": {},
        f"{method} staff/taken": {},
        f"{method} principal/new": {},
    }


def person_glass() -> dict[str, Codes]:
    """Who broke the glass reads what is about one person as well; who follows the school does not."""
    return {"GET pupil/glass": school(200) | to(200, "glass")}


def followed_instead() -> dict[str, Codes]:
    kinds = ("pupil/new", "pupil/taken", "pupil/closed")
    found = {f"GET {kind}": to(200, "coordinator") | to(302, *FOLLOWERS) for kind in kinds}
    return found | {"GET pupil/glass": to(200, "coordinator", "glass") | to(302, *FOLLOWERS)}


def walled(method: str, code: int) -> dict[str, Codes]:
    """The rows of putting up a wall: who handles or follows the cases of the school. One more leads to the case,
    or gives the words back."""
    found = {f"{method} {kind}": to(code, "coordinator", *FOLLOWERS) for kind in ("pupil/new", "pupil/taken")}
    found[f"{method} pupil/glass"] = to(code, "coordinator", *FOLLOWERS) | to(403, "glass")
    found[f"{method} sister/new"] = sister(code)
    found[f"{method} wall/hand"] = to(409 if method == "POST" else 302, "coordinator")
    return found | {f"{method} staff/taken": {}, f"{method} principal/new": {}}


def shared(cells: dict[str, Codes], added: dict[str, tuple[int, int]]) -> dict[str, Codes]:
    """The same rows, with what the shared case answers to who may read it, and to who may add to it, by method."""
    more = {
        f"{method} pupil/taken": to(read, "sharee") | to(add, "contributor") for method, (read, add) in added.items()
    }
    return cells | {row: cells[row] | codes for row, codes in more.items()}


def written(method: str, code: int) -> dict[str, Codes]:
    """The rows of something for the writer of a report, whatever it is about and whatever became of it."""
    kinds = ("pupil/new", "pupil/taken", "pupil/closed", "wall/hand", "staff/new", "staff/taken", "principal/new")
    return {f"{method} {kind}": to(code, "author") for kind in kinds} | {
        f"{method} sister/new": to(code, "sister_coordinator")
    }


def contacts(method: str, code: int) -> dict[str, Codes]:
    return {
        f"{method} school": to(code, *KEEP_SCHOOL),
        f"{method} sister_school": to(code, "sister_coordinator", "two_hats", "administrator"),
    }


SITE = {
    "livez": Page(ALL, {"GET": to(200, *ALL)}, public=True),
    "readyz": Page(ALL, {"GET": to(200, *ALL)}, public=True),
    "set_language": Page(ALL, {"POST": to(302, *ALL)}, public=True),
    "start": Page(PEOPLE, {"GET": to(302, *PEOPLE)}),
}
# The pages of django-allauth are class-based: they answer OPTIONS, and take PUT for POST where they hold a form.
OPTIONS = {"OPTIONS": to(200, *ALL)}
FORM = OPTIONS | {"PUT": to(200, *ALL)}
ACCOUNTS = {
    "account_login": Page(
        ALL,
        {
            "GET": to(302, *EVERYBODY) | to(200, "visitor"),
            "POST": to(302, *ALL),
            "EMPTY": to(302, *EVERYBODY) | to(200, "visitor"),
        },
        public=True,
        other={method: to(302, *EVERYBODY) | to(405, "visitor") for method in ("PATCH", "DELETE")}
        | {method: to(302, *EVERYBODY) | to(200, "visitor") for method in ("PUT", "OPTIONS")},
    ),
    "account_logout": Page(
        ALL, {"GET": to(200, *EVERYBODY) | to(302, "visitor"), "POST": to(302, *ALL)}, public=True, other=OPTIONS
    ),
    "account_reauthenticate": Page(
        PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(200, *PEOPLE)}, other=FORM
    ),
    "sessions": Page(PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(302, *PEOPLE)}),
    "session_state": Page(ALL, {"GET": to(200, *ALL)}, public=True),
    "session_here": Page(ALL, {"POST": to(200, *ALL)}, public=True),
    # Nothing is kept in the stage, so the page leads on.
    "words_typed": Page(PEOPLE, {"POST": to(200, *PEOPLE), "EMPTY": to(200, *PEOPLE)}),
    "kept_words": Page(PEOPLE, {"GET": to(302, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(302, *PEOPLE)}),
    "account_change_password": Page(
        PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(200, *PEOPLE)}, other=FORM
    ),
    "account_reset_password": Page(
        ALL, {"GET": to(200, *ALL), "POST": to(302, *ALL), "EMPTY": to(200, *ALL)}, public=True, other=FORM
    ),
    "account_reset_password_done": Page(ALL, {"GET": to(200, *ALL)}, public=True, other=OPTIONS),
    "account_reset_password_from_key": Page(
        ALL,
        {"GET dead": to(200, *ALL), "POST dead": to(200, *ALL), "GET link": to(302, *ALL)},
        public=True,
        other={method: to(200, *ALL) for method in ("PUT", "PATCH", "DELETE", "OPTIONS")},
    ),
    "account_reset_password_from_key_done": Page(ALL, {"GET": to(200, *ALL)}, public=True, other=OPTIONS),
}
# Of all people only `teacher` has second steps: an app, a passkey and recovery codes. To everybody else they do not
# exist, whatever the method; and who has no code to give is sent to the page that asks for the password.
STEPPED = frozenset({"teacher"})
BARE = PEOPLE - STEPPED
ABSENT = to(404, *BARE)


def every(codes: Codes, *methods: str) -> dict[str, Codes]:
    return dict.fromkeys(methods, codes)


FACTORS = {
    "mfa_authenticate": Page(
        ALL,
        {"GET": to(302, *ALL), "POST": to(302, *ALL), "EMPTY": to(302, *ALL)},
        public=True,
        other=every(to(302, *ALL), "PUT", "PATCH", "DELETE", "OPTIONS"),
    ),
    "mfa_login_webauthn": Page(
        ALL,
        {"GET": to(302, *ALL), "POST": to(302, *ALL), "EMPTY": to(302, *ALL)},
        public=True,
        other=every(to(302, *EVERYBODY) | to(405, "visitor"), "PUT", "PATCH", "DELETE")
        | {"OPTIONS": to(302, *EVERYBODY) | to(200, "visitor")},
    ),
    "mfa_reauthenticate": Page(
        PEOPLE,
        {
            "GET": to(302, *BARE) | to(200, *STEPPED),
            "POST": to(302, *PEOPLE),
            "EMPTY": to(302, *BARE) | to(200, *STEPPED),
        },
        other=every(to(302, *BARE), "PUT", "PATCH", "DELETE") | {"OPTIONS": to(302, *BARE) | to(200, *STEPPED)},
    ),
    "mfa_reauthenticate_webauthn": Page(
        PEOPLE,
        {"GET": to(302, *BARE) | to(200, *STEPPED), "POST": to(302, *PEOPLE), "EMPTY": to(302, *PEOPLE)},
        other=every(to(302, *BARE), "PUT", "PATCH", "DELETE") | {"OPTIONS": to(302, *BARE) | to(200, *STEPPED)},
    ),
    "mfa_index": Page(PEOPLE, {"GET": to(200, *PEOPLE)}, other=OPTIONS),
    "mfa_activate_totp": Page(
        PEOPLE,
        {
            "GET": to(200, *BARE) | to(302, *STEPPED),
            "POST": to(302, *PEOPLE),
            "EMPTY": to(200, *BARE) | to(302, *STEPPED),
        },
        other=every(to(302, *STEPPED), "PUT", "PATCH", "DELETE") | {"OPTIONS": to(200, *BARE) | to(302, *STEPPED)},
    ),
    "mfa_deactivate_totp": Page(
        PEOPLE,
        {"GET": to(200, *STEPPED), "POST": to(302, *STEPPED)},
        other=every(ABSENT, "PUT", "PATCH", "DELETE") | {"OPTIONS": ABSENT | to(200, *STEPPED)},
    ),
    "mfa_add_webauthn": Page(
        PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(200, *PEOPLE), "EMPTY": to(200, *PEOPLE)}, other=OPTIONS
    ),
    "mfa_edit_webauthn": Page(
        PEOPLE,
        {"GET passkey": to(200, *STEPPED), "POST passkey": to(302, *STEPPED), "EMPTY passkey": to(200, *STEPPED)},
        other=OPTIONS,
    ),
    "mfa_remove_webauthn": Page(
        PEOPLE, {"GET passkey": to(200, *STEPPED), "POST passkey": to(302, *STEPPED)}, other=OPTIONS
    ),
    "mfa_view_recovery_codes": Page(PEOPLE, {"GET": to(200, *STEPPED)}, other=OPTIONS),
    "mfa_download_recovery_codes": Page(
        PEOPLE,
        {"GET": to(200, *STEPPED)},
        other=every(ABSENT, "POST", "PUT", "PATCH", "DELETE") | {"OPTIONS": ABSENT | to(200, *STEPPED)},
    ),
    "mfa_generate_recovery_codes": Page(
        PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(200, *BARE) | to(302, *STEPPED)}, other=OPTIONS
    ),
}
# School accounts; in the stage a SAML provider ("entree") and an OpenID Connect one ("surfconext") are configured. What
# comes back from them without having been asked for is a 400; with a good answer: tests/accounts/test_sso_*.py.
UNASKED = to(400, *ALL)
SCHOOL_ACCOUNTS = {
    "sso_begin": Page(ALL, {"POST": to(302, *EVERYBODY) | to(200, "visitor")}, public=True),
    "openid_connect_callback": Page(ALL, {"GET": UNASKED}, public=True),
    "saml_acs": Page(
        ALL,
        {"GET": UNASKED, "POST": to(302, *ALL), "EMPTY": UNASKED},
        public=True,
        other=dict.fromkeys(("PUT", "PATCH", "DELETE", "OPTIONS"), UNASKED),
    ),
    "saml_finish_acs": Page(ALL, {"GET": UNASKED}, public=True),
    "saml_metadata": Page(ALL, {"GET": to(200, *ALL)}, public=True),
    "sso_links": Page(PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(422, *PEOPLE)}),
    # Everybody in the stage came with a password, and so is sent to where that is asked.
    "sso_confirm": Page(PEOPLE, {"GET": to(302, *PEOPLE), "POST": to(302, *PEOPLE)}),
}
REPORTS = {
    "signals:mine": Page(WRITERS, {"GET": to(200, *WRITERS)}),
    "signals:paper": Page(WRITERS, {"GET": to(200, *WRITERS)}),
    "signals:signal-new": Page(
        WRITERS,
        {
            "GET": to(200, *WRITERS),
            "POST": to(302, *WRITERS),
            "EMPTY": to(422, *WRITERS),
            "FOREIGN": to(302, *WRITERS)
            | to(422, "sister_coordinator", "other_coordinator", "other_board_officer", "sharee", "glass"),
        },
    ),
    "signals:called": Page(WRITERS, {"POST": to(302, *WRITERS)}),
    "signals:person-search": Page(WRITERS, {"POST": to(200, *WRITERS), "EMPTY": to(200, *WRITERS)}),
    "signals:draft-keep": Page(WRITERS, {"POST": to(200, *WRITERS), "EMPTY": to(422, *WRITERS)}),
    "signals:draft": Page(
        WRITERS,
        {"GET draft": to(200, "author"), "POST draft": to(302, "author"), "EMPTY draft": to(422, "author")},
    ),
    "signals:draft-check": Page(WRITERS, {"GET draft": to(200, "author"), "POST draft": to(302, "author")}),
    "signals:draft-discard": Page(WRITERS, {"POST draft": to(302, "author")}),
    "signals:signal": Page(WRITERS, written("GET", 200)),
    "signals:signal-add": Page(WRITERS, written("GET", 200) | written("POST", 302) | written("EMPTY", 422)),
    "signals:signal-called": Page(WRITERS, written("POST", 302)),
}
# The author has an exercise that was sent and taken; the others have none, and are sent to the first page of it.
REHEARSED = to(302, *WRITERS) | to(200, "author")
PRACTICE = {
    "signals:practice": Page(WRITERS, {"GET": to(200, *WRITERS), "POST": to(302, *WRITERS)}),
    "signals:practice-form": Page(
        WRITERS,
        {
            "GET": to(200, *WRITERS) | to(302, "author"),
            "POST": to(302, *WRITERS),
            "EMPTY": to(422, *WRITERS) | to(302, "author"),
        },
    ),
    "signals:practice-check": Page(WRITERS, {"GET": to(302, *WRITERS), "POST": to(302, *WRITERS)}),
    "signals:practice-report": Page(WRITERS, {"GET": REHEARSED, "POST": to(302, *WRITERS)}),
    "signals:practice-case": Page(WRITERS, {"GET": REHEARSED, "POST": to(302, *WRITERS)}),
    "signals:practice-act": Page(
        WRITERS,
        {"GET": REHEARSED, "POST": to(302, *WRITERS), "EMPTY": to(302, *WRITERS) | to(422, "author")},
    ),
    "signals:practice-follow": Page(WRITERS, {"GET": REHEARSED}),
    "signals:practice-step-sheet": Page(WRITERS, {"GET practice": to(200, "author")}),
    **dict.fromkeys(
        ("signals:practice-step-done", "signals:practice-step-decline", "signals:practice-step-reopen"),
        Page(
            WRITERS,
            {
                "GET practice": to(200, "author"),
                "POST practice": to(302, "author"),
                "EMPTY practice": to(422, "author"),
            },
        ),
    ),
}
DESKS = {
    "signals:desk": Page(DESK, {"GET": to(200, *DESK)}),
    # The coordinator ticks a new case; the others tick nothing and are told so.
    "signals:desk-take": Page(DESK, {"POST": to(302, *DESK)}),
    "signals:filter-save": Page(DESK, {"GET": to(302, *DESK), "POST": to(302, *DESK), "EMPTY": to(302, *DESK)}),
    # A filter that the coordinator kept: nobody else has it.
    "signals:filter-edit": Page(
        DESK,
        {
            "GET filter": to(200, "coordinator"),
            "POST filter": to(302, "coordinator"),
            "EMPTY filter": to(422, "coordinator"),
        },
    ),
    "signals:filter-remove": Page(DESK, {"POST filter": to(302, "coordinator")}),
}
CASES = {
    "signals:case-search": Page(
        WRITERS, {"GET": to(200, *WRITERS), "POST": to(200, *WRITERS), "EMPTY": to(422, *WRITERS)}
    ),
    # Who only follows the case is sent to the page without the story.
    "signals:case": Page(WRITERS, shared(handled("GET", 200, 200, 200) | followed_instead(), {"GET": (200, 200)})),
    # What is about one person is for who reads the whole case.
    "signals:case-person": Page(WRITERS, shared(handled("GET", 200, 200, 200) | person_glass(), {"GET": (200, 200)})),
    "signals:case-role": Page(HANDLERS, handled("POST", 302, 302, 302) | {"EMPTY pupil/taken": school(302)}),
    # In the taken cases somebody was added, and somebody else taken out again.
    "signals:case-person-add": Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 422, 302, 422) | handled("EMPTY", 422, 422, 422)
    ),
    "signals:case-person-remove": Page(HANDLERS, newcomers("POST")),
    "signals:case-person-back": Page(HANDLERS, newcomers("POST")),
    "signals:case-take": Page(HANDLERS, handled("POST", 302, 302, 302)),
    "signals:case-join": Page(HANDLERS, handled("POST", 302, 302, 302) | handled("EMPTY", 302, 302, 302)),
    # The number in the POST is that of the taken case: only a new one of that school may be put with it, and the shared
    # case takes nothing in that its colleagues could not read.
    "signals:case-reports": Page(
        HANDLERS,
        handled("GET", 200, 200, 200)
        | handled("POST", 422, 422, 422)
        | {"POST pupil/new": school(302)}
        | handled("EMPTY", 422, 422, 422),
    ),
    "signals:case-reports-back": Page(HANDLERS, handled("POST", 302, 302, 302)),
    "signals:case-note": Page(
        WRITERS,
        shared(
            handled("GET", 302, 302, 302) | handled("POST", 409, 302, 409) | handled("EMPTY", 422, 422, 422),
            {"GET": (403, 302), "POST": (403, 302), "EMPTY": (403, 422)},
        ),
    ),
    "signals:case-move": Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 409, 302, 409) | handled("EMPTY", 422, 422, 422)
    ),
    "signals:case-facts": Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 422, 302, 422) | handled("EMPTY", 422, 422, 422)
    ),
    "signals:case-close": Page(
        HANDLERS,
        handled("GET", 200, 200, 200)
        | handled("POST", 409, 422, 409)
        | handled("EMPTY", 422, 422, 422)
        | {"POST pupil/ready": school(302), "POST staff/taken": board(302)},
    ),
    "signals:case-reopen": Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 409, 409, 302) | handled("EMPTY", 422, 422, 422)
    ),
}
SHARES = {
    "signals:case-share": Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 422, 302, 422) | handled("EMPTY", 422, 422, 422)
    ),
    "signals:share-search": Page(HANDLERS, handled("POST", 200, 200, 200) | handled("EMPTY", 200, 200, 200)),
    # Only the taken case has shares; from any other one its share is not there to stop.
    "signals:share-end": Page(
        HANDLERS,
        {
            "POST pupil/taken": school(302),
            "POST pupil/new": to(403, *FOLLOWERS),
            "POST sister/new": {},
            "POST staff/taken": {},
        },
    ),
    "signals:shared": Page(WRITERS, {"GET": to(200, *WRITERS)}),
}
WALLS = {
    "signals:case-wall": Page(WALLERS, walled("GET", 200) | walled("POST", 302) | walled("EMPTY", 422)),
    "signals:case-unwall": Page(
        HANDLERS,
        handled("GET", 200, 200, 200)
        | handled("POST", 422, 422, 422)
        | {"POST wall/hand": wall(302)}
        | handled("EMPTY", 422, 422, 422),
    ),
    "signals:case-take-over": Page(HANDLERS, handled("POST", 302, 302, 302)),
}
# Every case has a file that its handler put into it, and one that the writer of its report added (`sent/…`). Getting
# one is asked for every kind; adding and taking out go the way of notes and reasons, so some kinds are enough.
SOME = ("pupil/taken", "pupil/closed", "wall/hand", "staff/taken", "sister/new")


def some(rows: dict[str, Codes]) -> dict[str, Codes]:
    return {row: codes for row, codes in rows.items() if row.partition(" ")[2] in SOME}


FILES = {
    "signals:case-file-add": Page(
        WRITERS,
        shared(
            some(handled("GET", 200, 200, 200) | handled("POST", 422, 302, 422))
            | {"POST sister/new": sister(422), "EMPTY pupil/taken": school(422)},
            {"GET": (403, 200), "POST": (403, 302), "EMPTY": (403, 422)},
        ),
    ),
    "signals:signal-file-add": Page(
        WRITERS, some(written("GET", 200) | written("POST", 302)) | {"EMPTY pupil/taken": to(422, "author")}
    ),
    # Who only follows the case needs an open story, which nobody has in the stage.
    "signals:file": Page(
        WRITERS,
        shared(handled("GET", 200, 200, 200), {"GET": (200, 200)})
        | {"GET pupil/glass": school(200) | to(200, "glass")}
        | {
            "GET sent/pupil/taken": to(200, "author", "coordinator", "sharee", "contributor") | to(403, *FOLLOWERS),
            "GET sent/staff/new": to(200, "author", "board_officer"),
        },
    ),
    "signals:file-remove": Page(
        HANDLERS,
        some(handled("GET", 200, 200, 200) | handled("POST", 302, 302, 302)) | {"EMPTY pupil/taken": school(422)},
    ),
}


def worked(method: str, new: int, taken: int) -> dict[str, Codes]:
    """The rows of something that handlers do, fewer than in handled(): it goes through the same door."""
    return {
        f"{method} pupil/taken": school(taken),
        f"{method} wall/hand": wall(taken),
        f"{method} sister/new": sister(new),
        f"{method} staff/taken": board(taken),
    }


# In each of these cases a dossier is ready, and one is being put together; of a case that nobody took none can be made.
DOSSIERS = {
    "signals:dossier-new": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 422, 302) | {"EMPTY pupil/taken": school(422)}
    ),
    "signals:dossier-check": Page(
        HANDLERS, {"GET": to(200, *HANDLERS), "POST": to(200, *HANDLERS), "EMPTY": to(422, *HANDLERS)}
    ),
    "signals:dossier": Page(HANDLERS, worked("GET", 200, 200)),
    "signals:dossier-for": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 302, 302) | {"EMPTY pupil/taken": school(422)}
    ),
    "signals:dossier-parts": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 302, 302) | {"EMPTY pupil/taken": school(302)}
    ),
    "signals:dossier-look": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 302, 302) | {"EMPTY pupil/taken": school(422)}
    ),
    "signals:dossier-state": Page(HANDLERS, worked("GET", 200, 200)),
    "signals:dossier-again": Page(HANDLERS, worked("POST", 302, 302)),
    "signals:dossier-pdf": Page(HANDLERS, worked("POST", 200, 200)),
}
# The number in the POST is that of a case of the kind. Who sees it anyway is sent to it. Somebody of another board gets
# the answer for a number that nothing has.
BROKEN = to(302, *HANDLERS) | to(422, "other_coordinator", "other_board_officer")
GLASS = {
    "signals:glass-break": Page(
        HANDLERS,
        {"GET": to(200, *HANDLERS), "EMPTY": to(422, *HANDLERS)}
        | {f"POST {kind}": BROKEN for kind in ("pupil/taken", "pupil/glass", "wall/hand", "staff/taken")},
    ),
    "signals:glass": Page(REVIEWERS | {"privacy_officer"}, {"GET": to(200, "privacy_officer", *REVIEWERS)}),
    "signals:glass-review": Page(
        REVIEWERS,
        {
            f"{method} glass/waits": to(code, "board_officer", *FOLLOWERS)
            for method, code in (("GET", 200), ("POST", 302), ("EMPTY", 422))
        },
    ),
}
STEPS = {
    name: Page(
        HANDLERS, handled("GET", 200, 200, 200) | handled("POST", 422, 302, 422) | handled("EMPTY", 422, 422, 422)
    )
    for name in ("signals:step-done", "signals:step-decline", "signals:step-reopen")
} | {"signals:step-sheet": Page(HANDLERS, handled("GET", 200, 200, 200))}
AUDITS = {
    "signals:followup": Page(FOLLOWERS, {"GET": to(200, *FOLLOWERS)}),
    "signals:followup-case": Page(FOLLOWERS, followed("GET", 200)),
    "signals:case-spoken": Page(FOLLOWERS, followed("POST", 302)),
    "signals:story": Page(FOLLOWERS, followed("GET", 200) | followed("POST", 302) | followed("EMPTY", 422)),
    "signals:trail": Page(PEOPLE, {"GET": to(200, *PEOPLE)}),
    "signals:trail-csv": Page(PEOPLE, {"GET": to(200, *PEOPLE)}),
    "signals:trail-xlsx": Page(PEOPLE, {"GET": to(200, *PEOPLE)}),
    "signals:readable": Page(
        OFFICERS, {"GET": to(200, *OFFICERS), "POST": to(200, *OFFICERS), "EMPTY": to(422, *OFFICERS)}
    ),
    "signals:readable-people": Page(OFFICERS, {"POST": to(200, *OFFICERS), "EMPTY": to(200, *OFFICERS)}),
    "signals:trail-check": Page(
        CHECKERS, {"GET": to(200, *CHECKERS), "POST": to(200, *CHECKERS), "EMPTY": to(422, *CHECKERS)}
    ),
    # No seal stands in the stage, so its download is a 404 for everybody; a proof of nothing is a form with an error.
    "signals:trail-seal": Page(CHECKERS, {"GET": {}}),
    "signals:trail-proof": Page(CHECKERS, {"GET": to(422, *CHECKERS)}),
    "signals:trail-growth": Page(CHECKERS, {"GET": to(422, *CHECKERS)}),
    "signals:trail-verifier": Page(CHECKERS, {"GET": to(200, *CHECKERS)}),
}


def in_case(method: str, school_code: int, **shared_with: int) -> dict[str, Codes]:
    """The rows of something with a task or a meeting: there is one in each of these cases."""
    return {
        f"{method} pupil/taken": school(school_code) | shared_with,
        f"{method} staff/taken": board(school_code),
    }


def given(method: str, coordinator: int, officer: int) -> dict[str, Codes]:
    """A walled case that its owner, the coordinator, asked the board's officer to take over."""
    return {f"{method} wall/given": to(coordinator, "coordinator") | to(officer, "board_officer")}


def worked(method: str, new: int, taken: int) -> dict[str, Codes]:
    """The rows of something that handlers do, fewer than in handled(): it goes through the same door."""
    return {
        f"{method} pupil/taken": school(taken),
        f"{method} wall/hand": wall(taken),
        f"{method} sister/new": sister(new),
        f"{method} staff/taken": board(taken),
    }


COORDINATORS = frozenset({"coordinator", "sister_coordinator", "other_coordinator", "two_hats", "glass"})
NEITHER = {"sharee": 403, "contributor": 403}
WORK = {
    "signals:hand-over": Page(
        HANDLERS,
        worked("GET", 200, 200)
        | worked("POST", 422, 422)
        | {"POST wall/hand": to(302, "coordinator") | to(422, "board_officer")}
        | given("POST", 422, 422)
        | given("EMPTY", 422, 422),
    ),
    "signals:hand-over-answer": Page(
        HANDLERS,
        worked("POST", 302, 302) | given("GET", 302, 200) | given("POST", 403, 302) | given("EMPTY", 302, 422),
    ),
    "signals:hand-over-withdraw": Page(HANDLERS, worked("POST", 302, 302) | given("POST", 302, 403)),
    "signals:task-new": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 422, 302) | {"EMPTY pupil/taken": school(422)}
    ),
    "signals:meeting-new": Page(
        HANDLERS, worked("GET", 200, 200) | worked("POST", 422, 302) | {"EMPTY pupil/taken": school(422)}
    ),
    "signals:task-change": Page(HANDLERS, in_case("GET", 200) | in_case("POST", 302) | in_case("EMPTY", 422)),
    # Only who has the task ends it, beside those who handle the case.
    "signals:task-end": Page(
        WRITERS, in_case("GET", 200, **NEITHER) | in_case("POST", 302, **NEITHER) | in_case("EMPTY", 422, **NEITHER)
    ),
    "signals:task-reopen": Page(WRITERS, in_case("POST", 302, **NEITHER)),
    "signals:task-ics": Page(WRITERS, in_case("GET", 200, sharee=403, contributor=200)),
    "signals:meeting": Page(WRITERS, in_case("GET", 200, sharee=200, contributor=200)),
    "signals:meeting-add": Page(HANDLERS, in_case("GET", 200) | in_case("POST", 302) | in_case("EMPTY", 422)),
    "signals:meeting-move": Page(HANDLERS, in_case("GET", 200) | in_case("POST", 302) | in_case("EMPTY", 422)),
    "signals:meeting-ics": Page(WRITERS, in_case("GET", 200, sharee=200, contributor=200)),
    "signals:step-ics": Page(HANDLERS, worked("GET", 200, 200)),
    # The absence is of the sister school, where there are two coordinators.
    "signals:absences": Page(
        DESK,
        {
            "GET": to(200, *DESK),
            "POST": to(422, *DESK) | to(302, "sister_coordinator", "two_hats"),
            "EMPTY": to(422, *DESK),
        },
    ),
    "signals:absence-end": Page(DESK, {"POST absence": to(302, "sister_coordinator", "two_hats")}),
}
ADDRESSES = {
    "escalation:protocol": Page(PEOPLE, {"GET": to(200, *PEOPLE)}),
    "escalation:contacts": Page(CONTACTS, {"GET": to(200, *CONTACTS)}),
    "escalation:contact-edit": Page(CONTACTS, contacts("GET", 200) | contacts("POST", 302) | contacts("EMPTY", 422)),
    "escalation:contact-check": Page(CONTACTS, contacts("POST", 302)),
    "escalation:contacts-due": Page(
        CONTACTS, {"GET": to(200, *CONTACTS), "POST": to(302, *KEEP_SCHOOL), "EMPTY": to(302, *CONTACTS)}
    ),
    "escalation:calendars": Page(CONTACTS, {"GET": to(200, *CONTACTS)}),
    "escalation:calendar": Page(CONTACTS, contacts("GET", 200) | contacts("POST", 302) | contacts("EMPTY", 302)),
    "escalation:calendar-edit": Page(CONTACTS, contacts("GET", 200) | contacts("POST", 302) | contacts("EMPTY", 422)),
    "escalation:closing-add": Page(CONTACTS, contacts("GET", 200) | contacts("POST", 302) | contacts("EMPTY", 422)),
}


def only(code: int, *names: str) -> Codes:
    """Some may do something with an agreement that all proposers of the board see."""
    return to(403, *HERE) | to(code, *names)


# own/waits: the coordinator proposed it. own/holds: the principal did, and the officer approved it.
AGREED = {
    "escalation:own-steps": Page(PROPOSERS, {"GET": to(200, *PROPOSERS)}),
    **{
        name: Page(PROPOSERS, {"GET": to(200, *PROPOSERS), "POST": to(302, *PROPOSERS), "EMPTY": to(422, *PROPOSERS)})
        for name in ("escalation:own-step-new", "escalation:own-step-change")
    },
    "escalation:own-step": Page(PROPOSERS, {"GET own/waits": to(200, *HERE), "GET own/holds": to(200, *HERE)}),
    "escalation:own-step-approve": Page(
        PROPOSERS,
        # The officer approved it already: a second click.
        {"POST own/waits": only(302, "board_officer"), "POST own/holds": only(302, "board_officer")}
        | {"EMPTY own/waits": only(422, "board_officer")},
    ),
    "escalation:own-step-stop": Page(
        PROPOSERS,
        {
            f"{word} own/waits": only(code, "coordinator", "board_officer")
            for word, code in (("GET", 200), ("POST", 302))
        }
        | {f"{word} own/holds": only(code, "board_officer") for word, code in (("GET", 200), ("POST", 302))}
        | {"EMPTY own/waits": only(422, "coordinator", "board_officer")},
    ),
}


def kept(method: str, mine: int, ended: int | None = None) -> dict[str, Codes]:
    """The rows of something with somebody of the board, with the administrator themselves, with somebody elsewhere."""
    return {
        f"{method} colleague": to(mine, "administrator"),
        f"{method} self": to(mine if ended is None else ended, "administrator"),
        f"{method} stranger": to(mine, "other_administrator"),
    }


# Kinds of people: colleague (works at `school`), self (the administrator), stranger (works at the other board).
# invited: somebody who has not answered yet; `link`: the link of their mail, `dead`: a forged one.
COLLEAGUES = {
    "accounts:people": Page(
        ADMINISTRATORS,
        {"GET": to(200, *ADMINISTRATORS), "POST": to(200, *ADMINISTRATORS), "EMPTY": to(422, *ADMINISTRATORS)},
    ),
    "accounts:post": Page(
        ADMINISTRATORS,
        {
            "GET": to(200, *ADMINISTRATORS),
            "POST": to(302, *ADMINISTRATORS),
            "EMPTY": to(302, *ADMINISTRATORS),
        },
    ),
    "accounts:messages": Page(PEOPLE, {"GET": to(200, *PEOPLE), "POST": to(302, *PEOPLE), "EMPTY": to(422, *PEOPLE)}),
    "accounts:invite": Page(
        ADMINISTRATORS,
        {"GET": to(200, *ADMINISTRATORS), "EMPTY": to(422, *ADMINISTRATORS)}
        # A school of the one board can't be chosen by the administrator of the other.
        | {"POST": to(302, "administrator") | to(422, "other_administrator")},
    ),
    "accounts:person": Page(ADMINISTRATORS, kept("GET", 200) | {"GET invited": to(200, "administrator")}),
    "accounts:role-new": Page(
        ADMINISTRATORS,
        kept("GET", 200)
        | kept("EMPTY", 422)
        | kept("POST", 302, 422)
        | {"POST stranger": to(422, "other_administrator"), "GET invited": to(200, "administrator")},
    ),
    "accounts:password-reset": Page(ADMINISTRATORS, kept("POST", 302) | {"POST invited": {}}),
    "accounts:sessions-end": Page(ADMINISTRATORS, kept("POST", 302) | {"POST invited": {}}),
    "accounts:factors-reset": Page(ADMINISTRATORS, kept("GET", 200, 302) | kept("POST", 302) | {"POST invited": {}}),
    "accounts:invitation-again": Page(ADMINISTRATORS, {"POST invited": to(302, "administrator")}),
    "accounts:invitation-withdraw": Page(ADMINISTRATORS, {"POST invited": to(302, "administrator")}),
    "accounts:invitation": Page(
        ALL,
        {"GET link": to(200, *ALL), "GET dead": to(410, *ALL), "POST dead": to(410, *ALL)}
        | {"POST link": to(302, "visitor") | to(409, *EVERYBODY)}
        | {"EMPTY link": to(422, "visitor") | to(409, *EVERYBODY)},
        public=True,
    ),
    "signals:person-leaves": Page(ADMINISTRATORS, kept("GET", 200) | kept("POST", 302, 422)),
    "signals:role-end": Page(ADMINISTRATORS, kept("GET", 200) | kept("POST", 302, 422)),
}
PARTS = (
    SITE,
    ACCOUNTS,
    FACTORS,
    SCHOOL_ACCOUNTS,
    REPORTS,
    PRACTICE,
    DESKS,
    CASES,
    SHARES,
    WALLS,
    FILES,
    DOSSIERS,
    GLASS,
    STEPS,
    AUDITS,
    WORK,
    ADDRESSES,
    AGREED,
    COLLEAGUES,
)
MATRIX: dict[str, Page] = {name: page for part in PARTS for name, page in part.items()}

# Who may know what of each kind. "story": all of it; "steps": that it exists, its reference and its steps;
# "reference": that there is one, in the log. Whoever is not named may find none of its planted words on any page.
KNOWS: dict[str, dict[str, str]] = {
    kind: {"author": "story", "coordinator": "story", "principal": "steps", "two_hats": "steps"}
    | {"privacy_officer": "reference"}
    for kind in ("pupil/new", "pupil/taken", "pupil/ready", "pupil/closed", "pupil/glass")
}
KNOWS["pupil/glass"] |= {"glass": "story", "board_officer": "reference"}
KNOWS["wall/hand"] = {"author": "story", "coordinator": "story", "board_officer": "story"} | {
    "privacy_officer": "reference"
}
KNOWS["wall/given"] = KNOWS["wall/hand"]
KNOWS |= {
    kind: {"author": "story", "board_officer": "story", "privacy_officer": "reference"}
    for kind in ("staff/new", "staff/taken", "principal/new")
}
# Who had a share finds its number among those that are over.
KNOWS["pupil/taken"] |= {"sharee": "story", "contributor": "story", "expired": "reference"}
KNOWS["sister/new"] = {"sister_coordinator": "story", "two_hats": "story", "privacy_officer": "reference"}
KNOWS["draft"] = {"author": "story"}
KNOWS["practice"] = {"author": "story"}

# The event that must stand in the trail: after a page was shown (GET), and after a POST that changed something.
LEAVES = {
    "GET signals:desk": "case.listed",
    "GET signals:case": "case.read",
    "GET signals:followup": "case.listed",
    "GET signals:followup-case": "case.followed",
    "GET signals:signal": "signal.read",
    "GET signals:file": "file.read",
    "POST signals:case-file-add": "file.added",
    "POST signals:signal-file-add": "file.added",
    "POST signals:file-remove": "file.removed",
    "GET signals:dossier-new": "case.read",
    "GET signals:file-remove": "case.read",
    "GET signals:hand-over-answer": "case.read",
    "GET signals:meeting-move": "case.read",
    "GET signals:task-change": "case.read",
    "GET signals:task-end": "case.read",
    "POST signals:dossier-new": "dossier.prepared",
    "GET signals:dossier": "case.read",
    "GET signals:dossier-for": "case.read",
    "POST signals:dossier-for": "dossier.prepared",
    "GET signals:dossier-parts": "case.read",
    "POST signals:dossier-parts": "dossier.prepared",
    "EMPTY signals:dossier-parts": "dossier.prepared",
    "GET signals:dossier-look": "case.read",
    "POST signals:dossier-look": "dossier.prepared",
    "POST signals:dossier-pdf": "dossier.fetched",
    "GET signals:trail": "trail.read",
    "GET signals:trail-csv": "trail.exported",
    "GET signals:trail-xlsx": "trail.exported",
    "GET escalation:contacts": "contact.listed",
    "GET escalation:contacts-due": "contact.listed",
    "POST account_login": "auth.login",
    "POST account_change_password": "auth.password_changed",
    "POST sessions": "session.ended",
    "GET accounts:people": "people.listed",
    "GET accounts:person": "people.read",
    "GET accounts:post": "post.listed",
    "POST accounts:messages": "mail.chosen",
    "POST accounts:invite": "invitation.sent",
    "POST accounts:role-new": "role.granted",
    "POST accounts:password-reset": "account.reset_started",
    "POST accounts:factors-reset": "auth.factors_reset",
    "POST accounts:sessions-end": "account.sessions_ended",
    "POST accounts:invitation-again": "invitation.sent",
    "POST accounts:invitation-withdraw": "invitation.withdrawn",
    "POST accounts:invitation": "invitation.used",
    "POST signals:person-leaves": "account.closed",
    "POST signals:role-end": "role.ended",
    "POST mfa_reauthenticate": "auth.confirmed",
    "POST mfa_activate_totp": "auth.factor_added",
    "POST mfa_deactivate_totp": "auth.factor_removed",
    "POST mfa_edit_webauthn": "auth.factor_named",
    "POST mfa_remove_webauthn": "auth.factor_removed",
    "POST mfa_generate_recovery_codes": "auth.recovery_codes_made",
    "POST signals:signal-new": "draft.saved",
    "FOREIGN signals:signal-new": "draft.saved",
    "POST signals:called": "draft.saved",
    "POST signals:draft-keep": "draft.saved",
    "POST signals:draft": "draft.saved",
    "POST signals:draft-check": "signal.sent",
    "POST signals:draft-discard": "draft.deleted",
    "POST signals:practice": "practice.cleared",
    "POST signals:practice-form": "practice.started",
    **dict.fromkeys(
        (
            "POST signals:practice-report",
            "POST signals:practice-case",
            "POST signals:practice-act",
            "POST signals:practice-step-done",
            "POST signals:practice-step-decline",
            "POST signals:practice-step-reopen",
        ),
        "practice.changed",
    ),
    "POST signals:signal-add": "signal.added",
    "POST signals:signal-called": "signal.called",
    "POST signals:desk-take": "case.taken",
    "POST signals:filter-save": "filter.saved",
    "POST signals:filter-edit": "filter.saved",
    "POST signals:filter-remove": "filter.removed",
    "GET signals:case-person": "case.read",
    "POST signals:case-role": "case.role_set",
    "POST signals:case-person-add": "case.person_added",
    "POST signals:case-person-remove": "case.person_removed",
    "POST signals:case-person-back": "case.person_added",
    "POST signals:case-take": "case.taken",
    "POST signals:case-join": "case.joined",
    "POST signals:case-reports": "case.joined",
    "POST signals:case-note": "case.noted",
    "POST signals:case-move": "case.moved",
    "POST signals:case-close": "case.closed",
    "POST signals:case-reopen": "case.reopened",
    "GET signals:shared": "case.listed",
    "POST signals:case-share": "case.shared",
    "POST signals:share-end": "share.ended",
    "POST signals:case-wall": "case.walled",
    "POST signals:case-facts": "facts.changed",
    "POST signals:case-unwall": "case.unwalled",
    "POST signals:case-take-over": "case.taken",
    "POST signals:glass-break": "breakglass.opened",
    "GET signals:glass": "case.listed",
    "POST signals:glass-review": "breakglass.reviewed",
    "POST signals:step-done": "step.done",
    "POST signals:step-decline": "step.declined",
    "POST signals:step-reopen": "step.reopened",
    "POST signals:story": "case.story_opened",
    "POST signals:hand-over": "handover.proposed",
    "POST signals:hand-over-answer": "handover.accepted",
    "POST signals:hand-over-withdraw": "handover.withdrawn",
    "POST signals:task-new": "task.made",
    "POST signals:task-change": "task.changed",
    "POST signals:task-end": "task.done",
    "POST signals:task-reopen": "task.reopened",
    "GET signals:task-ics": "calendar.file",
    "GET signals:step-ics": "calendar.file",
    "GET signals:meeting": "case.read",
    "GET signals:meeting-ics": "calendar.file",
    "POST signals:meeting-new": "meeting.recorded",
    "POST signals:meeting-add": "meeting.added",
    "POST signals:meeting-move": "meeting.moved",
    "POST signals:absences": "absence.set",
    "POST signals:absence-end": "absence.ended",
    "POST escalation:contact-edit": "contact.saved",
    "POST escalation:contact-check": "contact.checked",
    "POST escalation:contacts-due": "contact.checked",
    "POST escalation:calendar": "calendar.closing_removed",
    "POST escalation:calendar-edit": "calendar.saved",
    "POST escalation:closing-add": "calendar.closing_added",
    "POST escalation:own-step-new": "protocol.proposed",
    "POST escalation:own-step-change": "protocol.proposed",
    "POST escalation:own-step-approve": "protocol.approved",
    "POST escalation:own-step-stop": "protocol.stopped",
}
# These leave their event without changing a row.
ALWAYS = {
    "POST signals:share-search": "person.searched",
    "POST signals:person-search": "person.searched",
    "POST accounts:people": "people.listed",
    "POST signals:case-search": "case.searched",
    "POST signals:readable": "trail.readable",
    "POST signals:readable-people": "person.searched",
    "POST account_logout": "auth.logout",
    "POST account_reauthenticate": "auth.confirmed",
    "POST signals:trail-check": "log.checked",
    "POST signals:dossier-check": "dossier.checked",
    "POST signals:dossier-pdf": "dossier.fetched",
}
# Where a refusal is an answer on the form itself, with its status: the same for a number that nothing has.
REFUSES = {"POST signals:glass-break": 422}
