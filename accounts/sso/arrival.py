"""Somebody comes back from their school's log-in: may they enter?

In only with an account that an administrator made. Nobody signs up. The page for those who are not let in is the same
whatever the reason, so that nobody learns who has an account.
"""

import logging
from enum import StrEnum
from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import access
from accounts.models import User
from accounts.services.invitations import invitation_accept
from accounts.sso import proof, services
from accounts.sso.config import OIDC, SchoolAccount, find
from accounts.sso.seen import Seen, is_admitted, is_answer_to, is_fresh, proves_second_factor, vouched_email
from accounts.sso.steps import CONFIRM, CONNECT, ENTER, JOIN, is_errand_of

logger = logging.getLogger(__name__)


class Problem(StrEnum):
    """Why it went no further, and so which words the page has."""

    REFUSED = "refused"  # nobody here belongs to this identity
    UNFINISHED = "unfinished"  # what came back does not hold, is too old or was used before
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"
    UNCONFIRMED = "unconfirmed"  # a step-up that was not one


STATUS = {Problem.REFUSED: 403, Problem.UNFINISHED: 400, Problem.UNCONFIRMED: 400, Problem.UNAVAILABLE: 503}


def problem_page(request: HttpRequest, account: SchoolAccount, problem: Problem) -> HttpResponse:
    found = {"account": account, "problem": problem.value}
    return render(request, "account/sso_problem.html", found, status=STATUS.get(problem, 200))


def turn_away(
    request: HttpRequest, account: SchoolAccount, problem: Problem, rule: str, user: Any, error: Exception | None = None
) -> NoReturn:
    """Record it and show the page. `error`: what was wrong with the answer, for the operator's log."""
    logger.warning("Log-in with %s: %s (%s)", account.slug, rule, error or problem)
    services.refusal_record(account, user if isinstance(user, User) else None, rule)
    raise ImmediateHttpResponse(problem_page(request, account, problem))


def arrive(request: HttpRequest, login: SocialLogin) -> None:
    """Let somebody through, or raise the page that says why not. What they said has been checked by the protocol."""
    account, seen = find(login.account.provider), login.seen
    assert account is not None  # noqa: S101 - no provider without its configuration
    if account.kind == OIDC and not is_answer_to(seen, str(login.state.get("nonce") or "")):
        turn_away(request, account, Problem.UNFINISHED, "the answer belongs to another log-in", request.user)
    errand = login.state.get("data") or {}
    if errand.get("step") == ENTER:
        _enter(request, account, seen, login)
    elif errand.get("step") == JOIN:
        _join(request, account, seen, login, errand["invitation"])
    elif not is_errand_of(errand, request.user):
        turn_away(request, account, Problem.UNFINISHED, "somebody else came back", request.user)
    elif errand.get("step") == CONFIRM:
        _confirm(request, account, seen, login, float(errand["at"]))
    elif errand.get("step") == CONNECT:
        _connect(request, account, seen, login)


def _enter(request: HttpRequest, account: SchoolAccount, seen: Seen, login: SocialLogin) -> None:
    """Log in: who is linked already, or at first use whoever has the address that the provider vouches for."""
    user = _linked(login)
    if user is None and is_admitted(account, seen):
        user = services.user_by_email(vouched_email(account, seen))
        if user and not services.identity_link(by=user, login=login, asked=False):
            user = None
    if user is None or not user.is_active or not is_admitted(account, seen):
        turn_away(request, account, Problem.REFUSED, "no account is linked to this identity", user)
    login.user = user
    if request.user.is_authenticated:
        get_account_adapter(request).logout(request)  # now, so that what follows stays in the new session
    proof.remember(request, user, account, second_factor=proves_second_factor(account, seen), again=False)


def _join(request: HttpRequest, account: SchoolAccount, seen: Seen, login: SocialLogin, link: list[str]) -> None:
    """Use an invitation: its link says who is meant, the provider says how they log in from now on.

    The address need not be that of the invitation: whoever holds the link could choose a password with it as well.
    """
    found = access.by_link(*link)
    if found is None or not is_admitted(account, seen) or request.user.is_authenticated:
        turn_away(request, account, Problem.REFUSED, "the invitation does not hold", request.user)
    with transaction.atomic():
        user = invitation_accept(invitation=found, token=link[1], by_school=True)
        joined = user is not None and services.identity_link(by=user, login=login, asked=True)
        if not joined:
            transaction.set_rollback(True)
    if user is None or not joined:
        turn_away(request, account, Problem.REFUSED, "the identity can't be linked", None)
    login.user = user
    proof.remember(request, user, account, second_factor=proves_second_factor(account, seen), again=False)


def _confirm(request: HttpRequest, account: SchoolAccount, seen: Seen, login: SocialLogin, since: float) -> None:
    """A step-up: the same person, asked again by the provider since they left."""
    user = _linked(login)
    if user is None or user != request.user:
        turn_away(request, account, Problem.UNCONFIRMED, "somebody else confirmed", request.user)
    if not is_admitted(account, seen):
        turn_away(request, account, Problem.UNCONFIRMED, "no account is linked to this identity", request.user)
    if not is_fresh(seen, since):
        turn_away(request, account, Problem.UNCONFIRMED, "the provider did not ask again", request.user)
    proof.remember(request, user, account, second_factor=proves_second_factor(account, seen), again=True)


def _connect(request: HttpRequest, account: SchoolAccount, seen: Seen, login: SocialLogin) -> None:
    """Somebody who is logged in, and just showed who they are, links their school account themselves."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - is_errand_of said so
    if not is_admitted(account, seen) or not services.identity_link(by=user, login=login, asked=True):
        turn_away(request, account, Problem.REFUSED, "the identity can't be linked", user)


def _linked(login: SocialLogin) -> User | None:
    """The user whom django-allauth found by identity."""
    return login.user if login.account.pk and isinstance(login.user, User) else None
