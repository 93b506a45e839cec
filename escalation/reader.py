"""Reads a YAML file field by field, so that every mistake can be told with its line number."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

import yaml

Words: TypeAlias = Mapping[str, str]  # one text in the languages of the product: {"nl": ..., "en": ...}
LANGUAGES = ("nl", "en")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one where PyYAML was built with it
_CONSTRUCTOR = yaml.SafeLoader("")


class ProtocolError(ValueError):
    """A protocol file that can't be used; the text is "file:line: what is wrong"."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


class Source:
    """The file that is being read; makes the errors."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, node: yaml.Node, message: str) -> ProtocolError:
        """Return the error to raise for what stands at `node`."""
        return ProtocolError(self.path, node.start_mark.line + 1, message)

    def value(self, node: yaml.Node) -> object:
        """Return a scalar as str, bool, int, float, date or None; anything else is an error."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, "expected one value here, not a list or a mapping")
        try:
            value: object = _CONSTRUCTOR.construct_object(node)
        except (ValueError, yaml.YAMLError) as error:
            raise self.error(node, f"this value can't be read: {error}") from error
        return value

    def text(self, node: yaml.Node) -> str:
        """Return a scalar that is a text with something in it."""
        value = self.value(node)
        if not isinstance(value, str) or not value.strip():
            raise self.error(node, "expected a text here")
        return value.strip()

    def listed(self, node: yaml.Node) -> list[yaml.Node]:
        """Return the nodes of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, "expected a list here")
        return list(node.value)


class Fields:
    """One mapping. Take every field out by name, then call `done()`: what is left over is an error."""

    def __init__(self, source: Source, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise source.error(node, "expected 'name: value' lines here")
        self.source = source
        self.node = node
        self._nodes: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = source.text(key_node)
            if key in self._nodes:
                raise source.error(key_node, f"'{key}' stands here twice")
            self._nodes[key], self._keys[key] = value_node, key_node

    def has(self, key: str) -> bool:
        """Say whether the field is there and was not taken yet."""
        return key in self._nodes

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields that were not taken yet."""
        return tuple(self._nodes)

    def take(self, key: str) -> yaml.Node:
        """Take out a required field."""
        if key not in self._nodes:
            raise self.source.error(self.node, f"'{key}' is missing")
        return self._nodes.pop(key)

    def done(self) -> None:
        """Raise for the first field that nobody took: it is a typing error or belongs elsewhere."""
        for key in self._nodes:
            raise self.source.error(self._keys[key], f"'{key}' is unknown here")

    def text(self, key: str) -> str:
        """Take a required text."""
        return self.source.text(self.take(key))

    def optional_text(self, key: str) -> str:
        """Take a text that may be left out; then it is empty."""
        return self.text(key) if self.has(key) else ""

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """Take a text that must be one of the allowed ones."""
        node = self.take(key)
        value = self.source.text(node)
        if value not in allowed:
            raise self.source.error(node, f"'{value}' is not one of {', '.join(allowed)}")
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Take true or false; with a default it may be left out."""
        if default is not None and not self.has(key):
            return default
        node = self.take(key)
        value = self.source.value(node)
        if not isinstance(value, bool):
            raise self.source.error(node, f"'{key}' must be true or false")
        return value

    def day(self, key: str) -> date:
        """Take a date written as 2026-11-22."""
        node = self.take(key)
        value = self.source.value(node)
        if not isinstance(value, date):
            raise self.source.error(node, f"'{key}' must be a date such as 2026-11-22")
        return value

    def words(self, key: str) -> Words:
        """Take a text that must be there in every language."""
        fields = self.fields(key)
        words = {language: fields.text(language) for language in LANGUAGES}
        fields.done()
        return words

    def optional_words(self, key: str) -> Words | None:
        """Take a text in every language that may be left out."""
        return self.words(key) if self.has(key) else None

    def fields(self, key: str) -> "Fields":
        """Take a mapping."""
        return Fields(self.source, self.take(key))

    def each(self) -> Iterator[tuple[str, "Fields"]]:
        """Take every field, each of them a mapping, in the order of the file."""
        for key in list(self._nodes):
            yield key, self.fields(key)

    def items(self, key: str) -> list["Fields"]:
        """Take a list of mappings."""
        return [Fields(self.source, node) for node in self.source.listed(self.take(key))]

    def peek_items(self, key: str) -> list["Fields"]:
        """Look at a list of mappings without taking it."""
        return [Fields(self.source, node) for node in self.source.listed(self._nodes.get(key, self.node))]

    def texts(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Take a list of texts, each one of the allowed ones; it may be left out."""
        if not self.has(key):
            return ()
        found = []
        for node in self.source.listed(self.take(key)):
            value = self.source.text(node)
            if value not in allowed:
                raise self.source.error(node, f"'{value}' is not one of {', '.join(allowed)}")
            found.append(value)
        return tuple(found)


def read_fields(path: Path) -> Fields:
    """Read a YAML file whose top is a mapping.

    Errors: `ProtocolError` with the line when it is not UTF-8 text, not YAML or empty.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ProtocolError(path, line, f"this is not readable YAML: {error}") from error
    if node is None:
        raise ProtocolError(path, 1, "the file is empty")
    return Fields(Source(path), node)
