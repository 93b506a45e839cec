"""How this product uses django-allauth: nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from accounts.kept import has_words
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the school's administrator, so sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who left gets the answer to a wrong password: nobody learns who worked here."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who has words waiting sees those first, unless they asked for a page themselves."""
        if isinstance(request.user, User) and has_words(request.user):
            return reverse("kept_words")
        return str(super().get_login_redirect_url(request))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in" banners: the page itself says so."""
