"""What the desk says: its tabs, why a tab is empty and what one can do, and the addresses on it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signals.filters import Filters
from signals.paging import DUE, NEWEST

LABELS = {
    "new": gettext_lazy("New"),
    "mine": gettext_lazy("Mine"),
    "week": gettext_lazy("This week"),
    "waiting": gettext_lazy("Waiting for somebody"),
    "open": gettext_lazy("All open"),
    "closed": gettext_lazy("Closed"),
}
EMPTY = {
    "new": (gettext_lazy("No new reports."), gettext_lazy("When a colleague reports a concern, it appears here.")),
    "mine": (
        gettext_lazy("You have no cases of your own."),
        gettext_lazy("Open a new case and choose “I take this one”. It then stands here."),
    ),
    "week": (
        gettext_lazy("Nothing has to be done this week."),
        gettext_lazy("A step that is due before the next school week stands here, whoever has the case."),
    ),
    "waiting": (
        gettext_lazy("No case waits for somebody else."),
        gettext_lazy(
            "Here stands what a colleague has to do first, what you look at again on a later day, and what came up to"
            " the principal or the board."
        ),
    ),
    "open": (
        gettext_lazy("No open cases."),
        gettext_lazy("Every case that is being handled stands here, whoever owns it."),
    ),
    "closed": (
        gettext_lazy("No case has been closed yet."),
        gettext_lazy("A closed case stays here until it must be removed."),
    ),
    "filtered": (
        gettext_lazy("No case in this list passes the filter."),
        gettext_lazy("Look under another tab, or take the filter away."),
    ),
}
FILTERS = {
    "status": gettext_lazy("State"),
    "concern": gettext_lazy("Concern"),
    "school": gettext_lazy("School"),
    "owner": gettext_lazy("Owner"),
    "period": gettext_lazy("Reported"),
    "walled": gettext_lazy("Walled"),
}


def order_of(given: Mapping[str, str], tab: str) -> str:
    """The order that was asked for; of what is closed the newest first, of the rest what is due first."""
    asked = given.get("order", "")
    return asked if asked in (DUE, NEWEST) else usual_order(tab)


def usual_order(tab: str) -> str:
    return NEWEST if tab == "closed" else DUE


def addresses(given: Mapping[str, str], tab: str, order: str, narrowed: Filters, following: str) -> dict[str, str]:
    """The links of the list: the next page and back to the top, the other order, and taking up several at once."""
    base = f"?tab={tab}" + (f"&{narrowed.query}" if narrowed else "")
    here = base if order == usual_order(tab) else f"{base}&order={order}"
    other = NEWEST if order == DUE else DUE
    return {
        "page_next": f"{here}&after={following}" if following else "",
        "page_first": here if given.get("after") else "",
        "order": order,
        "order_url": "" if tab == "closed" else base if other == usual_order(tab) else f"{base}&order={other}",
        "filter_url": f"{here}&filters=1",
        "plain_url": f"?tab={tab}",
        "several": "1" if tab == "new" and given.get("several") else "",
        "several_url": f"{here}&several=1" if tab == "new" else "",
        "here_url": here,
    }


def wrong_words(names: Iterable[str]) -> str:
    """That a part of the address says nothing (any more), and so does not count; empty when all of it does."""
    labels = list(dict.fromkeys(str(FILTERS[name]) for name in names))
    if not labels:
        return ""
    return _("A part of this link is not right, or no longer: %(names)s. It does not count; the rest does.") % {
        "names": ", ".join(labels)
    }
