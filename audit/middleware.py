"""Remembers which request is answered: its id stands in the events, address and browser in their personal part."""

import contextvars
import ipaddress
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

AGENT_LENGTH = 300


@dataclass(frozen=True)
class RequestMark:
    """request_id: opaque; client_ip: address of the browser, or None outside a request; agent: what it calls itself."""

    request_id: str = ""
    client_ip: str | None = None
    agent: str = ""

    @property
    def personal(self) -> dict[str, str]:
        """What of it belongs in the personal part of an event; nothing outside a request."""
        return {name: value for name, value in (("agent", self.agent), ("ip", self.client_ip)) if value}


NO_REQUEST = RequestMark()
current_mark: contextvars.ContextVar[RequestMark] = contextvars.ContextVar("mark", default=NO_REQUEST)


def client_ip(request: HttpRequest) -> str | None:
    """The browser's address; X-Forwarded-For counts only as far as TRUSTED_PROXIES says."""
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return _address(hops[-trusted])
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """An address that a database can hold, or None: some proxies add a port or write "unknown"."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def user_agent(request: HttpRequest) -> str:
    """What the browser calls itself, at most 300 printable characters: a client can send anything here."""
    text = request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())


class AuditContextMiddleware:
    """Sets the mark for the length of one request and shows its id to whoever reports an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mark = RequestMark(uuid.uuid4().hex, client_ip(request), user_agent(request))
        token = current_mark.set(mark)
        try:
            response = self.get_response(request)
        finally:
            current_mark.reset(token)
        response["X-Request-Id"] = mark.request_id
        return response
