"""What a session knows of a log-in with a school account. The rest of the program asks here."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.sso.config import SchoolAccount, find

METHOD = "socialaccount"  # as django-allauth calls it


def remember(request: HttpRequest, user: User, account: SchoolAccount, *, second_factor: bool, again: bool) -> None:
    """Note in the session that the provider said who this is. `again`: it asked anew, as a step-up.

    django-allauth keeps these notes with the user they are about: somebody else in the same session has none.
    """
    found = {"provider": account.slug, "second_factor": second_factor}
    record_authentication(request, user, METHOD, **found, **({"reauthenticated": True} if again else {}))


def second_factor_proven(request: HttpRequest, user: User | AnonymousUser | None = None) -> bool:
    """Whether the provider proved a second factor in this session.

    Args:
        user: who is about to log in, where `request.user` is not them yet.
    """
    return any(is_proof(note) for note in _notes(request, user))


def is_proof(record: dict[str, Any]) -> bool:
    """Whether one of django-allauth's notes of a session proves a second factor at the provider."""
    return record.get("method") == METHOD and record.get("second_factor") is True


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether the provider asked again who this is, within the time that a step-up holds."""
    times = [note["at"] for note in _notes(request) if note.get("reauthenticated")]
    return bool(times) and time.time() - times[-1] < app_settings.REAUTHENTICATION_TIMEOUT


def account_of(request: HttpRequest) -> SchoolAccount | None:
    """The school account with which this session was opened, where its provider can be told to ask again."""
    slugs = [str(note["provider"]) for note in _notes(request) if note.get("provider")]
    found = find(slugs[-1]) if slugs else None
    return found if found and found.step_up else None


def reauthenticate_url(request: HttpRequest, next: str) -> str:
    """Where somebody who came with a school account shows again who they are; empty for anybody else.

    Args:
        next: the page of this site to come back to.
    """
    if account_of(request) is None:
        return ""
    return f"{reverse('sso_confirm')}?{urlencode({'next': next})}"


def _notes(request: HttpRequest, user: User | AnonymousUser | None = None) -> list[dict[str, Any]]:
    records = get_authentication_records(request, user or request.user)
    return [record for record in records if record.get("method") == METHOD]
