"""The sessions of the bare pages: those that Django recommends, as a bare page has them."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import override_settings


class PlainSessions(SessionMiddleware):
    """Django's own middleware, with `settings.PLAIN_SESSIONS` where the product has a store of its own."""

    def __init__(self, get_response: object) -> None:
        with override_settings(SESSION_ENGINE=settings.PLAIN_SESSIONS):
            super().__init__(get_response)
