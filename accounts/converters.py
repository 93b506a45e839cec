"""References in addresses. Anything of another shape is an unknown address."""

from django.urls import register_converter

from accounts.references import PATTERN


class ReferenceConverter:
    """`7K3M-9QXD-T4`"""

    regex = PATTERN.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def register() -> None:
    """Make `<ref:reference>` available; called once when the app starts."""
    register_converter(ReferenceConverter, "ref")
