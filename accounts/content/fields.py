"""Fields whose values only the application can read.

From the database comes a `Sealed`; it is opened when the field is first read, so a list that shows no text decrypts
nothing. Whatever does not go through a row fails: `update()` with a text, `values()`, any look-up but `isnull` and
`exact=""`. An empty text stays empty in the database, so that constraints can ask for it.
"""

import json
import logging
import uuid
from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute

from accounts.content.errors import ContentError
from accounts.content.tokens import Token, seal, unseal

logger = logging.getLogger("content")
HIDDEN = "-"  # stands for a text where the database is only asked whether there is one
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
REFUSAL = "This field is encrypted: read and write it on a row, never through {}."


class RowKeyField(models.UUIDField):  # type: ignore[type-arg]
    """Which row this is, for models without another field that is given once. Not unique: nothing is found by it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", uuid.uuid4)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)


class Sealed:
    """What the database holds, not opened yet. It shows nothing, wherever it is put."""

    __slots__ = ("plain", "token")

    def __init__(self, token: str) -> None:
        self.token = token
        self.plain: str | None = None

    def __repr__(self) -> str:
        return "<sealed>"

    def __str__(self) -> str:
        raise ContentError(REFUSAL.format("values()"))

    def __eq__(self, other: object) -> bool:
        """Whether the database holds the very same; two encryptions of one text differ."""
        return isinstance(other, Sealed) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __reduce__(self) -> tuple[type["Sealed"], tuple[str]]:
        return Sealed, (self.token,)


class Opening(DeferredAttribute):
    """The attribute of a row: opens what is sealed at the first reading."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        return self.field.opened(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        now = instance.__dict__.get(self.field.attname)
        if not (isinstance(now, Sealed) and now.plain is not None and now.plain == value):  # else nothing changed
            instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted for its table, its name and its row.

    row: the field of the model that tells which row it is; given when a row is made and never changed.
    """

    descriptor_class = Opening

    def __init__(self, *args: Any, row: str = "row_key", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"row": self.row}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = [*super().check(**kwargs)]
        try:
            if isinstance(self.model._meta.get_field(self.row), EncryptedTextField):
                raise FieldDoesNotExist
        except FieldDoesNotExist:
            hint = "Name a field in `row` that is given once, or add: row_key = RowKeyField()"
            found.append(checks.Error(f"There is no field '{self.row}' to bind it to.", hint, self, "content.E001"))
        if self.unique or getattr(self, "db_index", False):
            found.append(checks.Error("An encrypted field can't be searched or unique.", None, self, "content.E002"))
        return found

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    def row_of(self, instance: Any) -> str:
        """Which row an instance is, as its values are bound to it."""
        return self.row_text(getattr(instance, self.row))

    def row_text(self, value: Any) -> str:
        """The same from the value of the field."""
        known: Any = value
        if type(value) is not uuid.UUID:
            field: Any = self.model._meta.get_field(self.row)
            known = field.to_python(value)
        text = known.hex if isinstance(known, uuid.UUID) else str(known or "")
        if not text:
            raise ContentError(f"A row of {self.table} has nothing in {self.row} to bind its texts to.")
        return text

    def opened(self, instance: Any, sealed: Sealed) -> Any:
        """The text of a row."""
        if sealed.plain is None:
            try:
                sealed.plain = unseal(sealed.token, self.table, self.name, self.row_of(instance))
            except ContentError as error:
                logger.error("ALARM: a text can't be opened and is not shown. %s", error)
                raise
        return sealed.plain

    def packed(self, value: Any) -> str | None:
        """What is encrypted for a value; empty and None stay as they are."""
        return None if value is None else str(value)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname, self)
        if value is self:  # was deferred, and is to be written all the same
            value = getattr(model_instance, self.attname)
        if isinstance(value, Sealed):
            if add:
                raise ContentError(f"{self.table}.{self.name} is a copy of another row; open it first.")
            return Token(value.token)
        text = self.packed(value)
        return text and seal(text, self.table, self.name, self.row_of(model_instance))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or value == "":
            return value
        if not isinstance(value, Token):
            raise ContentError(REFUSAL.format("update()"))
        return str(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return value if value is None or value == "" else HIDDEN

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": IsEmpty, "isnull": IsNull}.get(lookup_name)

    def get_transform(self, lookup_name: str) -> None:
        return None


class IsEmpty(Exact):
    """`field=""`: whether there is a text at all. Nothing else can be asked."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise ContentError(REFUSAL.format("a look-up"))
        super().__init__(lhs, rhs)


class EncryptedJSONField(EncryptedTextField):
    """The same for what JSON can hold. It is encrypted even when empty."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def opened(self, instance: Any, sealed: Sealed) -> Any:
        value = json.loads(super().opened(instance, sealed))
        instance.__dict__[self.attname] = value  # somebody may change it in place, and then save
        return value

    def packed(self, value: Any) -> str | None:
        return None if value is None else _as_json(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> Any:
        return self.value_from_object(obj)
