"""The product's own entry point, in which a request may say what goes wrong with it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from schoolsafety.wsgi import application as product
from tests.faults import inject


def warm() -> None:
    """What each process reads once, before it is forked: most of them live for one request."""
    folder = settings.BASE_DIR / "templates"
    for path in folder.rglob("*.html"):
        get_template(str(path.relative_to(folder)))
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext(reverse("livez"))


warm()


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    def counting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        inject.step()
        return start(status, [*headers, ("X-Steps", str(inject.here.seen))], *more)

    with inject.planned(environ.get("HTTP_X_FAULT", "")):
        return product(environ, counting)
