"""For migrations: encrypts what stands in a table already, and the way back. Part of the migration's transaction."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from accounts.content.fields import EncryptedTextField, RowKeyField, Sealed
from accounts.content.tokens import Token, seal, unseal

BATCH = 500


def encrypt(app: str, *names: str) -> Callable[[Any, Any], None]:
    """For RunPython, after the fields were altered: encrypts these models, and tells every row which one it is."""

    def run(apps: Any, schema_editor: Any) -> None:
        for rows in _tables(apps, schema_editor, app, names):
            encrypt_rows(rows)

    return run


def encrypt_rows(rows: Any) -> None:
    """Encrypt rows whose texts stand in the database as they were typed, and give each its own row key."""
    keys = [one.name for one in rows.model._meta.concrete_fields if isinstance(one, RowKeyField)]
    for row in _each(rows):
        for name in keys:
            setattr(row, name, uuid.uuid4())  # the column came with the same one for all
        fresh: dict[str, Any] = {name: getattr(row, name) for name in keys}
        for one, text in _texts(row):
            fresh[one.attname] = seal(text, one.table, one.name, one.row_of(row))
        if fresh:
            rows.filter(pk=row.pk).update(**fresh)


def decrypt(app: str, *names: str) -> Callable[[Any, Any], None]:
    """The way back, for the same place: the texts stand in the database as they were typed."""

    def run(apps: Any, schema_editor: Any) -> None:
        for rows in _tables(apps, schema_editor, app, names):
            for row in _each(rows):
                found = {
                    one.attname: Token(unseal(text, one.table, one.name, one.row_of(row))) for one, text in _texts(row)
                }
                if found:
                    rows.filter(pk=row.pk).update(**found)

    return run


def _tables(apps: Any, schema_editor: Any, app: str, names: tuple[str, ...]) -> Iterator[Any]:
    for name in names:
        yield apps.get_model(app, name)._base_manager.using(schema_editor.connection.alias)


def _each(rows: Any) -> Iterator[Any]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from found
        last = found[-1].pk


def _texts(row: Any) -> Iterator[tuple[EncryptedTextField, str]]:
    """What the database holds, of the fields that hold something."""
    for one in row._meta.concrete_fields:
        if isinstance(one, EncryptedTextField) and isinstance(value := row.__dict__[one.attname], Sealed):
            yield one, value.token
