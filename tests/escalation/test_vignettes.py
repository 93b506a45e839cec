"""The twelve cases of the specification, step by step and in order."""

import pytest
import yaml

from escalation.engine import decide
from escalation.facts import parse_facts
from escalation.protocol import current_protocol
from escalation.vignettes import FILE

VIGNETTES = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_there_are_twelve():
    assert len(VIGNETTES) == 12


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_steps(vignette):
    advices = decide(parse_facts(vignette["facts"]), current_protocol())
    got = [f"{a.recipient} {a.obligation} {a.basis} {a.urgency} {'+'.join(a.rules)}" for a in advices]
    assert got == vignette["steps"]


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_every_step_says_why_and_on_what_source(vignette):
    for advice in decide(parse_facts(vignette["facts"]), current_protocol()):
        assert set(advice.why) == {"nl", "en"}
        assert all(advice.why.values())
        assert advice.source.endswith("2026-11-22")
