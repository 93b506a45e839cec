"""The filter of the desk as it is shown: what can be chosen, what is chosen in words, and the one that was kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.protocol import current_protocol
from escalation.texts import say
from signals import filters
from signals.desk_words import FILTERS
from signals.filters import Filters
from signals.listing import TABS, Saved
from signals.lists import STATES
from signals.scope import Scope
from signals.selectors import owners_in, schools_in

PERIODS = {
    filters.SINCE_WEEK: gettext_lazy("in the last 7 days"),
    filters.SINCE_MONTH: gettext_lazy("in the last 30 days"),
    filters.SINCE_YEAR: gettext_lazy("this school year"),
    filters.BEFORE: gettext_lazy("before this school year"),
}


@dataclass(frozen=True)
class Choice:
    """One field: its name and label, and what can be chosen; `chosen` in words, empty when it does not narrow."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]
    chosen: str


@dataclass(frozen=True)
class Panel:
    """words, query: what is chosen. kept: the saved filter that it is. save_query: what would be kept."""

    fields: list[Choice]
    words: str
    query: str
    kept: Saved | None
    save_query: str


Options = dict[str, list[tuple[str, object]]]


def panel(options: Options, narrowed: Filters, saved: Iterable[Saved], tab: str) -> Panel:
    """What is shown. `options`: as choices() gave them."""
    chosen = dict(narrowed.items())
    fields = []
    for name, offered in options.items():
        code, known = chosen[name], dict(offered)
        if len(offered) > 1:
            shown = [(value, str(label), value == code) for value, label in offered]
            fields.append(Choice(name, str(FILTERS[name]), shown, str(known.get(code, ""))))
    words = " · ".join(f"{field.label}: {field.chosen}" for field in fields if field.chosen)
    query = saved_query(tab, narrowed)
    kept = next((row for row in saved if row.query == query), None)
    return Panel(fields, words, narrowed.query, kept, query if narrowed else "")


def known(options: Options, narrowed: Filters) -> tuple[Filters, list[str]]:
    """The filters without those that name a school or a colleague of no case that one sees, and which those are.

    Whether such a school or colleague exists makes no difference.
    """
    unknown = [name for name, code in narrowed.items() if code and code not in dict(options[name])]
    return replace(narrowed, **dict.fromkeys(unknown, "")), unknown


def saved_query(tab: str, narrowed: Filters) -> str:
    """A filter as it is kept: the tab and the codes, always in the same order."""
    return f"tab={tab}&{narrowed.query}"


def read_query(query: str) -> str:
    """The same of what a form sent; empty when it is no filter."""
    given = dict(parse_qsl(query[: filters.LONGEST]))
    narrowed, wrong = filters.read(given)
    tab = given.get("tab", "")
    return saved_query(tab, narrowed) if narrowed and not wrong and tab in TABS else ""


def words_of(scope: Scope, query: str) -> str:
    """A filter in words: "State: being followed · Owner: me"."""
    narrowed = filters.read(dict(parse_qsl(query)))[0]
    return panel(choices(scope, narrowed), narrowed, [], "").words


def choices(scope: Scope, narrowed: Filters) -> Options:
    """What can be chosen in each field, by its code."""
    both = bool(scope.boards and scope.schools) or bool(scope.cases) or bool(narrowed.walled)
    walls: list[tuple[str, object]] = [("yes", _("only walled cases")), ("no", _("without walled cases"))]
    owners: list[tuple[str, object]] = [(filters.ME, _("me")), (filters.NOBODY, _("nobody yet"))]
    concerns = current_protocol().concerns
    return {
        "status": [(code, STATES[code]) for code in filters.STATES],
        "concern": [(code, say(concerns[code].name)) for code in concerns],
        "school": list(schools_in(scope)),
        "owner": [*owners, *owners_in(scope)],
        "period": list(PERIODS.items()),
        "walled": walls if both else [],
    }
