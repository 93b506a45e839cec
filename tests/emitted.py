"""A run of all tests fails when some kind of event was never recorded by any of them.

An event type that no test brings about is one that nobody knows to work.
"""

from typing import Any

import pytest

SEEN: set[str] = set()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Look over the shoulder of audit.record."""
    from audit import record

    write = record._write

    def noted(columns: dict[str, Any], personal: dict[str, str]) -> Any:
        SEEN.add(columns["action"])
        return write(columns, personal)

    record._write = noted


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What the tests of another process recorded."""
    SEEN.update(getattr(node, "workeroutput", {}).get("emitted", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["emitted"] = sorted(SEEN)
    elif exitstatus == 0 and _whole(session.config) and _never():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if _whole(config) and _never():
        terminalreporter.section("events", red=True)
        terminalreporter.line("No test makes the program record: " + ", ".join(_never()))


def _never() -> list[str]:
    from audit.actions import Action

    return sorted(set(Action.values) - SEEN)


def _whole(config: pytest.Config) -> bool:
    """True when nothing was left out: no path, no word, no mark."""
    option = config.option
    narrowed = option.keyword or option.markexpr or option.ignore or option.collectonly or option.maxfail
    return not narrowed and config.args == list(config.getini("testpaths"))
