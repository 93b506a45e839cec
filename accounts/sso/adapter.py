"""How this product uses django-allauth's social accounts: from the configuration alone, and nobody signs up."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, Provider
from django.http import HttpRequest
from requests import RequestException

from accounts.sso.arrival import Problem, arrive, problem_page, turn_away
from accounts.sso.config import OIDC, SAML, SchoolAccount, all_accounts, find

KINDS = {OIDC: "openid_connect", SAML: "saml"}


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who may come in is decided in arrival.py."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Never from the database: a row there would be a way in that no operator wrote down."""
        apps = [_app(account) for account in all_accounts()]
        return [
            app
            for app in apps
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Names and addresses come from the administrator, never from a provider."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        arrive(request, sociallogin)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Every way in which it can fail ends on our own page."""
        account = find(provider.app.provider_id)
        assert account is not None  # noqa: S101 - the app was made from it
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(problem_page(request, account, Problem.CANCELLED))
        if isinstance(exception, RequestException):
            raise ImmediateHttpResponse(problem_page(request, account, Problem.UNAVAILABLE))
        turn_away(request, account, Problem.UNFINISHED, "the answer does not hold", request.user, exception)


def _app(account: SchoolAccount) -> SocialApp:
    return SocialApp(
        provider=KINDS[account.kind],
        provider_id=account.slug,
        name=account.name,
        client_id=account.client_id or account.slug,
        secret=account.client_secret,
        settings={"server_url": account.issuer.rstrip("/")},
    )
