"""What goes wrong with encrypted text. No sentence here holds any of it."""

from django.core.exceptions import ImproperlyConfigured


class ContentKeyError(ImproperlyConfigured):
    """A key that is needed is not there, can't be read, or is another one than it was."""


class ContentError(Exception):
    """A value can't be opened: it was changed, moved from another place, or its key is not here. Nothing is shown."""
