"""What a request adds to each event: its id and the address of the browser."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from audit.middleware import client_ip


def test_every_answer_carries_the_id_of_its_events(client: Client, db: None) -> None:
    one, two = client.get("/livez"), client.get("/livez")
    assert len(one["X-Request-Id"]) == 32
    assert one["X-Request-Id"] != two["X-Request-Id"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (1, "", "127.0.0.1"),
        (1, "unknown", None),
        (1, "1.2.3.4:5678", None),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "' OR 1=1 --", None),
    ],
)
def test_the_address_of_the_browser(settings: Any, proxies: int, forwarded: str, found: str | None) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert client_ip(request) == found


def test_a_socket_has_no_address(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="")) is None
