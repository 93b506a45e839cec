"""Forgetting @guard is an error at start-up and a refusal at run time."""

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, include, path

from accounts.guard import MARK, PUBLIC, guard, walk
from accounts.roles import Permission
from schoolsafety import urls
from tests.conftest import World

CONTENT = "Zilverreiger"


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse(CONTENT)


@pytest.fixture
def careless_urls(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses of the project, and one whose view forgot to say who may call it."""
    module = ModuleType("careless_urls")
    module.urlpatterns = [path("vergeten/", include([path("pagina/", forgotten)])), *urls.urlpatterns]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, name, getattr(urls, name))
    monkeypatch.setitem(sys.modules, "careless_urls", module)
    settings.ROOT_URLCONF = "careless_urls"


def test_the_check_names_the_view(careless_urls: None) -> None:
    found = [message for message in run_checks(tags=["urls"]) if message.id == "accounts.E001"]
    assert [message.msg for message in found] == ["The view at '/vergeten/pagina/' has no @guard and no @public."]
    assert found[0].is_serious()


@pytest.mark.parametrize("name", ["author", "coordinator", "board_officer", "administrator", "superuser"])
def test_such_a_view_answers_nobody(careless_urls: None, world: World, login: Any, name: str) -> None:
    for method in ("get", "post", "put", "delete", "options"):
        response = getattr(login(world.people[name]), method)("/vergeten/pagina/")
        assert response.status_code == 403
        assert CONTENT not in response.content.decode()


def test_such_a_view_answers_no_visitor(careless_urls: None, world: World, login: Any) -> None:
    response = login(None).get("/vergeten/pagina/")
    assert response.status_code in (302, 403)
    assert CONTENT not in response.content.decode()


def test_every_view_of_the_project_carries_a_mark() -> None:
    assert not [message for message in run_checks(tags=["urls"]) if message.id == "accounts.E001"]
    for route, pattern in walk(get_resolver()):
        mark = getattr(pattern.callback, MARK)
        assert mark == PUBLIC or (mark and all(isinstance(item, Permission) for item in mark)), route


def test_a_guard_names_at_least_one_permission() -> None:
    with pytest.raises(TypeError):
        guard()


def test_the_server_does_not_start_with_such_a_view(careless_urls: None) -> None:
    sys.modules.pop("schoolsafety.wsgi", None)
    with pytest.raises(ImproperlyConfigured, match="vergeten/pagina/"):
        importlib.import_module("schoolsafety.wsgi")
    sys.modules.pop("schoolsafety.wsgi", None)
