"""django-allauth's pages of the second step, each change in one transaction with its event."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from accounts.factors import services
from accounts.factors.demo import demo_code
from accounts.factors.forms import NO_PASSKEY
from accounts.factors.rule import forget_second_factor, has_shown_second_factor, needs_second_factor
from accounts.factors.selectors import factor_kinds, passkey_code, passkey_of
from accounts.refusals import record_refusal
from accounts.requests import person
from accounts.sso import proof as sso

INDEX = reverse_lazy("mfa_index")
View = Callable[..., HttpResponse]


def known(view: View) -> View:
    """Record that something was asked for that is not there, or not theirs. Whoever came with a school account shows
    there who they are, as everywhere."""

    @wraps(view)
    def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            record_refusal(person(request), kind="factor", rule="not visible")
            raise
        except ReauthenticationRequired:
            if at_school := sso.reauthenticate_url(request, request.path):
                return HttpResponseRedirect(at_school)
            raise

    return recorded


def _shown(request: HttpRequest, kind: str) -> None:
    """A second step that was just set up has been shown, and with it who this is."""
    record_authentication(request, person(request), "mfa", type=kind, reauthenticated=True, enrolled=True)


def _removed(request: HttpRequest, kind: str) -> None:
    user = person(request)
    services.factor_removed(by=user, kind=kind)
    if not factor_kinds(user):
        forget_second_factor(request)


class IndexView(base.IndexView):  # type: ignore[misc]
    """The own second steps; for who needs one and has none, what to choose from."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        user, own = person(self.request), found["authenticators"]
        kinds = set(own) - {"recovery_codes"}
        return found | {
            "passkeys": [(passkey_code(key.instance), key) for key in own.get("webauthn", [])],
            "app": own.get("totp"),
            "left": len(own["recovery_codes"].get_unused_codes()) if "recovery_codes" in own else 0,
            "some": bool(kinds),
            "required": needs_second_factor(user) and not kinds and not has_shown_second_factor(self.request),
        }


class ActivateTOTPView(totp.ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator app."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "totp" in factor_kinds(person(request)):
            return HttpResponseRedirect(INDEX)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        secret = found["form"].secret
        return found | {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}

    def form_valid(self, form: Any) -> HttpResponse:
        user = person(self.request)
        with transaction.atomic():
            services.factors_lock(user=user)
            if "totp" in factor_kinds(user):  # sent twice
                return HttpResponseRedirect(INDEX)
            response: HttpResponse = super().form_valid(form)
            services.factor_added(by=user, kind="totp")
        _shown(self.request, "totp")
        return response


class DeactivateTOTPView(totp.DeactivateTOTPView):  # type: ignore[misc]
    """Take the authenticator app away."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _removed(self.request, "totp")
        return response


class AddWebAuthnView(webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Set up a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"js_data": {"creation_options": auth.begin_registration(person(self.request), True)}}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.factor_added(by=person(self.request), kind="webauthn")
        _shown(self.request, "webauthn")
        return response


class _OnePasskey:
    """A passkey by its code."""

    success_url = INDEX
    request: HttpRequest
    kwargs: dict[str, Any]

    def get_object(self, queryset: Any = None) -> Any:
        if found := passkey_of(person(self.request), self.kwargs["code"]):
            return found
        raise Http404


class RemoveWebAuthnView(_OnePasskey, webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """Take a passkey away."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _removed(self.request, "webauthn")
        return response


class EditWebAuthnView(_OnePasskey, webauthn.EditWebAuthnView):  # type: ignore[misc]
    """Give a passkey another name."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.factor_named(by=person(self.request))
        return response


class GenerateRecoveryCodesView(codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes instead of the old ones."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.recovery_codes_made(by=person(self.request))
        return response


class AuthenticateView(base.AuthenticateView):  # type: ignore[misc]
    """The second step of logging in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | _for(self.stage.login.user)


class ReauthenticateView(base.ReauthenticateView):  # type: ignore[misc]
    """A code, for somebody inside who is asked again."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | _for(person(self.request))


class ReauthenticateWebAuthnView(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey, for somebody inside who is asked again."""

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, NO_PASSKEY)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))


class LoginWebAuthnView(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """Logging in with a passkey alone."""

    def form_invalid(self, form: Any) -> HttpResponse:
        services.passkey_refused()
        messages.error(self.request, _("That did not work. Log in with your e-mail address and password."))
        return HttpResponseRedirect(reverse("account_login"))


def _for(user: Any) -> dict[str, Any]:
    """What a page that asks for a code shows: what this person can use, and in the demo the code itself."""
    found: dict[str, Any] = {"kinds": factor_kinds(user)}
    return found | {"demo_code": demo_code(user)} if settings.DEMO else found
