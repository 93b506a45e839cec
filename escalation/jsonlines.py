"""Facts in, steps out, one JSON object a line: how other programs ask the protocol."""

import json
from collections.abc import Iterable, Iterator
from typing import NoReturn

from escalation.engine import decide
from escalation.entries import Protocol
from escalation.facts import FactError, parse_facts

LINE = "line"  # the field of an error that is about the whole line


def answer_lines(lines: Iterable[bytes], protocol: Protocol) -> Iterator[tuple[str, bool]]:
    """Answer each line that is not blank, as soon as it is read.

    Arguments: lines of UTF-8, each a JSON object of facts, and the protocol. Gives pairs of the answer (one
    line of JSON, without its end) and whether the facts were good. The answer is {"protocol", "steps"}, or
    {"error", "field"} for a bad line; a bad line never stops the lines after it.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            answer: dict[str, object] = answer_line(line, protocol)
            good = True
        except FactError as error:
            answer, good = {"error": error.message, "field": error.field}, False
        yield json.dumps(answer, ensure_ascii=False), good


def answer_line(line: bytes, protocol: Protocol) -> dict[str, object]:
    """Return the protocol's version and the steps for one line of facts; raise `FactError` for a bad one."""
    advices = decide(parse_facts(_read_object(line)), protocol)
    return {"protocol": protocol.version, "steps": [advice.as_dict() for advice in advices]}


def _read_object(line: bytes) -> dict[str, object]:
    """Read one strict JSON object: UTF-8, no NaN or Infinity, no name twice."""
    try:
        data = json.loads(line.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except FactError:
        raise
    except UnicodeDecodeError as error:
        raise FactError(LINE, "is not UTF-8") from error
    except RecursionError as error:
        raise FactError(LINE, "is nested too deep") from error
    except ValueError as error:
        raise FactError(LINE, f"is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise FactError(LINE, "must be a JSON object with facts")
    return data


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise FactError(next(name for name in names if names.count(name) > 1), "stands here twice")
    return data


def _no_constant(name: str) -> NoReturn:
    raise FactError(LINE, f"is not JSON: {name} is not a JSON number")
