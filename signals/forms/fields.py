"""Fields shared by the forms: text that can be stored and shown anywhere, and moments."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext_lazy as _

from signals.models.signal import BOX

SHORT_ROWS = 3
HALF = re.compile("[\ud800-\udfff]")
ISO = re.compile(r"\d{4}-\d\d-\d\d")
OLDEST = date(1990, 1, 1)  # before this a year is a typing error
FAR = timedelta(days=2 * 366)  # and after this, from today


class StoryField(forms.CharField):
    """Free text of several lines: unified to one Unicode form, without characters that no database holds."""

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", BOX)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class LineField(forms.CharField):
    """Free text of one line; a line end that came along with a paste becomes a space."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").replace("\n", " ")


class PlainForm(forms.Form):
    """A form without prefix, files or fields that are switched off."""

    def _clean_fields(self) -> None:
        """As Django does it, without working out for each field how it would stand on a page."""
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(field.widget.value_from_datadict(self.data, self.files, name))
                if clean := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = clean()
            except ValidationError as error:
                self.add_error(name, error)


class SharedFields(dict[str, forms.Field]):
    """The `base_fields` of a large form class: each form gets its own fields, with the widgets of the class.

    Django copies all that is below a field as well, which costs more than checking the form. Who changes a widget
    gives the field its own first, as own_choices() does.
    """

    def __deepcopy__(self, _memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: own(field) for name, field in self.items()}


def own(field: forms.Field) -> forms.Field:
    """A field of one form, with the widget and messages of all. As copy.copy(), which costs three times as much."""
    made = object.__new__(type(field))
    made.__dict__.update(field.__dict__)
    return made


class Pairs(BaseChoiceIterator):
    """Choices that are pairs of a code and a text already; any others Django works through twice for each form."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = tuple(pairs)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.pairs)


def own_choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    """Give the field of one form its choices, and nobody else's."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.widget = deepcopy(field.widget)
    field.choices = Pairs(choices)


def clean_text(text: str) -> str:
    """Unify line ends and Unicode form (NFC).

    Raises:
        ValidationError: half a character, which can't be stored.
    """
    if HALF.search(text):
        raise ValidationError(
            _("This text holds a character that can't be stored. Please remove it."), code="surrogate"
        )
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


class DayField(forms.DateField):
    """A day. What a browser's own field sends is read first; the other ways of writing it cost six tries."""

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and ISO.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        return super().to_python(value)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def at(day: date, moment: time | None) -> datetime:
    """A day and time at the school as a moment; without a time the start of the day."""
    return timezone.make_aware(datetime.combine(day, moment or time(0, 0)))


def check_year(day: date | None) -> None:
    """Refuse a day so long ago or so far away that its year must be a typing error: nobody would hear of it again.

    Raises:
        ValidationError: it says which of the two.
    """
    if day and day < OLDEST:
        raise ValidationError(_("This day is too long ago. Check the year."))
    if day and day > timezone.localdate() + FAR:
        raise ValidationError(_("This day is more than two years away. Check the year."))


def in_future(day: date, moment: time | None) -> bool:
    """True when a day, or a time on it, still has to come."""
    now = timezone.localtime()
    if day != now.date():
        return day > now.date()
    return moment is not None and moment > now.time()
