"""New facts, any number of times: what the engine asks for is there, and no row that was there disappears."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine import decide
from escalation.facts import BOOLEAN_FACTS, CONCERNS, DEPARTURES, SECTORS, SUBJECT_ROLES, Facts
from escalation.protocol import current_protocol
from signals import rules
from signals.recompute import Row, plan

FACTS = st.builds(
    Facts,
    sector=st.sampled_from(SECTORS),
    concern=st.sampled_from(CONCERNS),
    subject_role=st.sampled_from(SUBJECT_ROLES),
    departure=st.sampled_from(DEPARTURES),
    shared_with=st.sampled_from([(), ("police_contact",), ("police_contact", "municipality_oov")]),
    **{name: st.booleans() for name in BOOLEAN_FACTS},
)
ENDS = st.sampled_from([rules.STEP_OPEN, rules.STEP_DONE, rules.STEP_DECLINED, rules.STEP_NOT_APPLICABLE])


def after(rows: list[Row], facts: Facts) -> list[Row]:
    """The rows after new facts, as the service stores them."""
    advices = decide(facts, current_protocol())
    found = plan(rows, advices)
    replaced = {old.key for _advice, old in found.new if old}
    lapsed, kept = {row.key for row in found.lapsed}, {row.key for row in found.kept}
    assert not kept & (lapsed | replaced)
    now = [
        replace(
            row,
            state=rules.STEP_REPLACED if row.key in replaced else row.state,
            lapsed=(row.lapsed or row.key in lapsed) and row.key not in kept,
        )
        for row in rows
    ]
    fresh = enumerate((advice for advice, _old in found.new), len(rows) + 1)
    return now + [
        Row(key, one.recipient, one.obligation, one.urgency, one.rules, rules.STEP_OPEN) for key, one in fresh
    ]


def counts(row: Row) -> bool:
    """What was done is done; anything else only as long as it follows."""
    return not row.lapsed or row.state == rules.STEP_DONE


@settings(max_examples=60, deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=5), st.data())
def test_every_step_of_the_engine_exists_and_no_row_disappears(sequence: list[Facts], data: st.DataObject) -> None:
    rows: list[Row] = []
    for facts in sequence:
        before, rows = rows, after(rows, facts)
        assert [row.key for row in rows[: len(before)]] == [row.key for row in before]
        for advice in decide(facts, current_protocol()):
            same = [row for row in rows if row.recipient == advice.recipient and counts(row)]
            assert [row for row in same if set(advice.rules) <= set(row.rules)], advice
        asked = {advice.recipient for advice in decide(facts, current_protocol())}
        live = [row for row in rows if row.state == rules.STEP_OPEN and not row.lapsed]
        assert {row.recipient for row in live} <= asked
        assert len({(row.recipient, "R33" in row.rules) for row in live}) == len(live), "one open step for each"
        for row in before:
            now = rows[row.key - 1]
            assert now.state in (row.state, rules.STEP_REPLACED), "an outcome stays"
        rows = [replace(row, state=data.draw(ENDS)) if row in live else row for row in rows]


def test_the_same_facts_change_nothing() -> None:
    facts = Facts(sector="vo", concern="departure", subject_role="pupil", departure="suspected")
    rows = after([], facts)
    assert after(rows, facts) == rows


@pytest.mark.parametrize("state", [rules.STEP_DONE, rules.STEP_DECLINED])
def test_a_stronger_advice_asks_again_after_an_outcome(state: str) -> None:
    weak = Facts(sector="vo", concern="weapon", subject_role="pupil")
    rows = [replace(row, state=state) for row in after([], weak)]
    strong = after(rows, replace(weak, concrete_safety_risk=True))
    police = [row for row in strong if row.recipient == "police_contact"]
    assert [(row.obligation, row.state) for row in police] == [("advice", state), ("must", "open")]
