"""How this product uses django-allauth: nobody signs up by themselves, and a school can't be locked out."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.devices import known_device, remember_device
from accounts.events import account_event
from accounts.factors.selectors import factor_kinds
from accounts.kept import has_words
from accounts.models import User
from accounts.sso import proof as sso
from audit.actions import Action

TOO_MANY = _("That was tried too often. Wait five minutes and try again.")
WRONG_CODE = _("This code is not right. Each code works once and for half a minute; take the newest one.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the school's administrator, so sign-up is closed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": _("This password is not right."),
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Strict for one account at one address or browser; generous for an address that a whole school shares."""
        super().pre_authenticate(request, **credentials)
        known = known_device(request, str(credentials.get("email", "")))
        if not known and not ratelimit.consume(request, app="allauth.account", action="login_address"):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for the account at this address, so that its owner gets in from elsewhere."""
        place = known_device(request, str(credentials.get("email", ""))) or ratelimit.get_ip(request)
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{place}"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who left gets the answer to a wrong password: nobody learns who worked here."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """The same for who left and shows a passkey."""
        account_event(Action.LOGIN_FAILED, user, refused=True)
        messages.error(request, gettext("That did not work. Log in with your e-mail address and password."))
        return HttpResponseRedirect(reverse("account_login"))

    def get_login_stages(self) -> list[str]:
        asked = {"allauth.mfa.stages.AuthenticateStage": "accounts.factors.stage.SecondStep"}
        return [asked.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just logged in sets up a first second step without showing again who they are; and a provider of
        school accounts may have asked it."""
        request = context.request
        if app == "allauth.mfa" and _just_logged_in(request) and not factor_kinds(request.user):
            return False
        if sso.recently_confirmed(request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who has words waiting sees those first, unless they asked for a page themselves."""
        if isinstance(request.user, User) and has_words(request.user):
            return reverse("kept_words")
        return str(super().get_login_redirect_url(request))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in" banners: the page itself says so."""


def _just_logged_in(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user if isinstance(request.user, User) else None)
    return any(time.time() - record.get("at", 0) < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
