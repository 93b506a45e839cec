"""Remembers which request is being answered, so that its events carry the request id and the client's address."""

import contextvars
import ipaddress
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class RequestMark:
    """request_id: opaque; client_ip: address of the browser, or None outside a request."""

    request_id: str = ""
    client_ip: str | None = None


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


class AuditContextMiddleware:
    """Sets the mark for the length of one request and shows its id to whoever reports an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mark = RequestMark(uuid.uuid4().hex, client_ip(request))
        token = current_mark.set(mark)
        try:
            response = self.get_response(request)
        finally:
            current_mark.reset(token)
        response["X-Request-Id"] = mark.request_id
        return response
