"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.grants import grants_of
from accounts.idle import for_page
from accounts.roles import POLICY
from escalation.hats import all_hats

# What few pages give and base.html asks of all: to look for what is not there costs ten times what finding it does.
NOTHING = {"practice": False, "form": {"errors": ""}}


class May(frozenset[str]):
    """The names of permissions; a template asks `may.case_handle`."""

    def __getitem__(self, name: str) -> bool:
        return name in self


def site(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs.

    `demo`: whether to show the banner; `clock`: for the script that warns before a session ends; `may`: the names of
    the permissions this person holds anywhere; `here`: the name of the page; `hats`: the roles of somebody with more
    than one, in words; `school_accounts`: the providers that one can log in with.
    """
    user = getattr(request, "user", None)
    held = grants_of(user) if user is not None else None
    return {
        **NOTHING,
        "demo": settings.DEMO,
        "clock": for_page(request),
        "hats": all_hats(held) if held else [],
        "school_accounts": settings.SSO,
        "may": May(name.value for item in held.items for name in POLICY[item.role]) if held else May(),
        "here": request.resolver_match.view_name if request.resolver_match else "",
    }
