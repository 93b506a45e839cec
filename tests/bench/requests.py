"""Requests to the product and to the bare pages, without the test client, whose own cost would blur the ratio."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import Client, RequestFactory, override_settings
from django.urls import set_urlconf

from accounts.models import User
from tests.conftest import BACKEND, prove

TOKEN = "b" * CSRF_SECRET_LENGTH
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Answer = Callable[[HttpRequest], HttpResponse]


def product() -> Answer:
    """Answers with all middleware of the product."""
    return _answer(settings.MIDDLEWARE)


def bare() -> Answer:
    """Answers with the middleware of a new Django project."""
    return _answer(settings.BARE_MIDDLEWARE)


def _answer(middleware: list[str]) -> Answer:
    handler = BaseHandler()
    with override_settings(MIDDLEWARE=middleware):
        handler.load_middleware()

    def answer(request: HttpRequest) -> HttpResponse:
        response = handler.get_response(request)
        set_urlconf(None)
        if response.status_code not in (200, 302):
            raise RuntimeError(f"{request.path} answered {response.status_code}.")
        return response

    return answer


class Browser:
    """Makes requests of somebody who is logged in. plain: as Django finds them, without what the product adds."""

    def __init__(self, user: User, plain: bool = False) -> None:
        client = Client()
        with override_settings(SESSION_ENGINE=settings.PLAIN_SESSIONS if plain else settings.SESSION_ENGINE):
            client.force_login(user, backend=settings.PLAIN_BACKEND if plain else BACKEND)
            prove(client, user)
        self.factory = RequestFactory(headers={"user-agent": AGENT})
        self.factory.cookies = client.cookies
        self.factory.cookies[settings.CSRF_COOKIE_NAME] = TOKEN

    def get(self, path: str, urls: str | None = None) -> HttpRequest:
        return _at(self.factory.get(path), urls)

    def post(self, path: str, data: dict[str, Any], urls: str | None = None) -> HttpRequest:
        return _at(self.factory.post(path, {"csrfmiddlewaretoken": TOKEN, **data}), urls)


def _at(request: HttpRequest, urls: str | None) -> HttpRequest:
    if urls:
        request.urlconf = urls
    return request
