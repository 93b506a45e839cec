"""A board's own steps as data beside the national table, and what they may never take away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation import facts as known
from escalation.engine import decide
from escalation.entries import OBLIGATIONS, URGENCIES
from escalation.facts import Facts, parse_facts
from escalation.own import (
    CONDITIONS,
    NEVER_ADDED,
    Agreement,
    Term,
    edition_at,
    in_edition,
    is_own,
    with_own,
)
from escalation.protocol import current_protocol, protocol_of
from escalation.vignettes import compare, vignettes
from escalation.weakening import FIXED, GONE, RECIPIENT, TOGETHER, lowered, refusal

WHY = {"nl": "Zo spraken wij het af.", "en": "So we agreed."}
DAY = date(2026, 12, 1)
FIREWORKS = (("concern", "fireworks"),)


def own(**changes: Any) -> Agreement:
    values: dict[str, Any] = {
        "number": 1,
        "kind": "add",
        "recipient": "zvh",
        "since": DAY,
        "why": WHY,
        "conditions": FIREWORKS,
        "obligation": "may",
        "urgency": "planned",
    }
    return Agreement(**{**values, **changes})


def otherwise(rule: str, recipient: str, obligation: str = "", urgency: str = "", number: int = 1) -> Agreement:
    """Without words it is switched off."""
    kind = "change" if obligation else "off"
    how = {"obligation": obligation, "urgency": urgency, "conditions": ()}
    return own(kind=kind, rule=rule, recipient=recipient, number=number, **how)


def steps(facts: dict[str, Any], *agreed: Agreement) -> dict[str, Any]:
    table = with_own(current_protocol(), agreed, edition=1)
    found = parse_facts({"sector": "vo", "concern": "fireworks", "subject_role": "pupil", **facts})
    return {advice.recipient: advice for advice in decide(found, table)}


def test_a_step_of_its_own_follows_from_all_its_conditions_and_says_whose_it_is() -> None:
    agreed = own(conditions=(*FIREWORKS, ("calamity", "yes"), ("subject_is_minor", "yes")))
    found = steps({"calamity": True}, agreed)["zvh"]
    assert (found.obligation, found.basis, found.urgency, found.rules) == ("may", "product", "planned", ("E01",))
    assert found.why == WHY
    assert is_own(found.source)
    assert found.source.endswith("nr. 1, 2026-12-01")
    assert "zvh" not in steps({}, agreed)
    assert "zvh" not in steps({"calamity": True, "subject_is_minor": False}, agreed)
    assert "zvh" not in steps({"calamity": True, "concern": "other"}, agreed)


@pytest.mark.parametrize("fact", list(CONDITIONS))
def test_every_answer_that_can_be_chosen_can_hold(fact: str) -> None:
    value = CONDITIONS[fact][-1]
    answer = {"yes": True, "no": False}.get(value, value)
    assert "internal_confidant" in steps(
        {fact: answer}, own(recipient="internal_confidant", conditions=((fact, value),))
    )


def test_what_is_agreed_otherwise_is_so_in_every_circumstance() -> None:
    agreed = otherwise("R00", "care_coordinator", "advice", "planned")
    assert steps({})["care_coordinator"].obligation == "must"
    found = steps({"concrete_safety_risk": True}, agreed)["care_coordinator"]
    assert (found.obligation, found.urgency, found.rules) == ("advice", "planned", ("R00",))
    assert is_own(found.source)
    parent = steps({"concern": "sexual", "subject_role": "parent"}, otherwise("R21", "parents", "advice", "planned"))
    assert "Veilig Thuis" in parent["parents"].why["nl"], "what is safe for the child stays"


def test_what_is_switched_off_is_not_given() -> None:
    facts = {"concern": "recruiting", "subject_role": "outsider"}
    assert "principal" in steps(facts)
    assert "principal" not in steps(facts, otherwise("R05", "principal"))


def test_two_lines_for_one_recipient_become_one_step_with_both_reasons() -> None:
    found = steps({"concern": "weapon"}, own(recipient="principal", conditions=(("concern", "weapon"),), urgency="now"))
    assert (found["principal"].obligation, found["principal"].urgency) == ("must", "now")
    assert found["principal"].rules == ("R23", "E01")
    assert WHY["nl"] in found["principal"].why["nl"]


def test_an_own_step_does_not_break_what_is_kept_small() -> None:
    expression = {"concern": "radicalisation", "expression_only": True}
    about = (("concern", "radicalisation"),)
    for recipient in ("municipality_oov", "parents"):
        agreed = own(recipient=recipient, conditions=about)
        assert recipient in steps({"concern": "radicalisation"}, agreed)
        assert recipient not in steps(expression, agreed)
    assert "internal_confidant" in steps(expression, own(recipient="internal_confidant", conditions=about))
    coordinator = own(recipient="care_coordinator", conditions=FIREWORKS, obligation="must")
    assert set(steps({}, coordinator)["care_coordinator"].rules) == {"R00", "E01"}
    assert "care_coordinator" not in steps({"subject_role": "staff"}, coordinator), "that case is walled"
    police = own(recipient="police_contact", conditions=(("subject_role", "staff"),), obligation="must")
    closed = {"concern": "sexual", "subject_role": "staff", "victim_is_minor": True}
    assert list(steps(closed, police)) == list(steps(closed)), "R18 stands alone"
    assert "ivho" not in steps({}, own(recipient="ivho")), "not in secondary education"


def test_who_takes_it_is_as_agreed_and_in_a_walled_case_the_board() -> None:
    agreed = own(recipient="internal_confidant", actor="coordinator_or_principal")
    assert steps({}, own(recipient="internal_confidant"))["internal_confidant"].actor == "author"
    assert steps({}, agreed)["internal_confidant"].actor == "coordinator_or_principal"
    both = steps({"concern": "bullying", "sector": "mbo"}, own(recipient="internal_confidant", actor="author"))
    assert both["internal_confidant"].actor == "author"
    parent = {"concern": "fireworks", "subject_role": "staff"}
    only = own(recipient="data_protection_officer", actor="coordinator_or_principal")
    assert steps(parent, only)["data_protection_officer"].actor == "board"


def test_what_the_table_no_longer_has_changes_nothing() -> None:
    for gone in (otherwise("R99", "parents"), otherwise("R23", "parents"), otherwise("R03", "police_contact")):
        assert with_own(current_protocol(), [gone]).rules == current_protocol().rules


# Which agreements held when.


def at(hours: float) -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hours)


def test_an_edition_says_for_good_which_agreements_held() -> None:
    terms = [
        Term(own(number=1), at(1)),
        Term(own(number=2), at(9), at(20)),
        Term(own(number=3), at(48), at(30)),  # ended before it began
        Term(own(number=4), at(40)),
    ]
    held = {hour: [one.number for one in in_edition(terms, edition_at(terms, at(hour)))] for hour in (0, 1, 10, 25, 50)}
    assert held == {0: [], 1: [1], 10: [1, 2], 25: [1], 50: [1, 4]}
    early = edition_at(terms, at(10))
    later = [*terms[:1], Term(own(number=2), at(9), at(20)), *terms[2:], Term(own(number=5), at(60), at(70))]
    assert [one.number for one in in_edition(later, early)] == [1, 2]


def test_the_version_names_the_edition_and_leads_back_to_the_national_table() -> None:
    table = with_own(current_protocol(), [own()], edition=7)
    assert table.version == "2026-11+7"
    assert protocol_of(table.version) is protocol_of("2026-11")


# What can't be agreed.


def test_only_what_is_a_proposal_of_ours_can_be_changed() -> None:
    table = current_protocol()
    allowed, refused = set(), set()
    for rule in table.rules.values():
        for step in rule.steps:
            found = refusal(table, otherwise(rule.id, step.recipient))
            (allowed if found is None else refused).add((rule.id, step.recipient, step.basis))
            if found and step.basis != "product":
                assert (found.why, found.rule, found.step) == (FIXED, rule, step)
    assert {basis for *_step, basis in allowed} == {"product"}
    assert [row[:2] for row in refused if row[2] == "product"] == [("R28", "no_further_sharing")]
    assert len(allowed) == 15


def test_a_proposal_that_makes_a_guideline_come_sooner_can_t_be_taken_away() -> None:
    found = refusal(current_protocol(), otherwise("R28", "no_further_sharing"))
    assert found is not None
    assert (found.why, found.rule and found.rule.id) == (TOGETHER, "R15")
    assert refusal(current_protocol(), otherwise("R28", "no_further_sharing", "may", "same_day")) is None


@pytest.mark.parametrize(
    ("agreement", "why"),
    [
        *((own(recipient=key), RECIPIENT) for key in NEVER_ADDED),
        (own(conditions=()), "condition"),
        (own(conditions=(("concern", "weapon"), ("concern", "fireworks"))), "condition"),
        (own(conditions=(("refuted", "yes"),)), "condition"),
        (own(conditions=(("concern", "nonsense"),)), "condition"),
        (otherwise("R99", "parents"), GONE),
    ],
)
def test_what_else_can_t_be_agreed(agreement: Agreement, why: str) -> None:
    found = refusal(current_protocol(), agreement)
    assert found is not None
    assert found.why == why


PRODUCT = [
    (rule.id, step.recipient)
    for rule in current_protocol().rules.values()
    for step in rule.steps
    if step.basis == "product" and (rule.id, step.recipient) != ("R28", "no_further_sharing")
]
some_facts = st.builds(
    Facts,
    sector=st.sampled_from(known.SECTORS),
    concern=st.sampled_from(known.CONCERNS),
    subject_role=st.sampled_from(known.SUBJECT_ROLES),
    departure=st.sampled_from(known.DEPARTURES),
    victim_is_minor=st.sampled_from((True, False, None)),
    shared_with=st.just(("police_contact",)),
    **{fact: st.sampled_from((False, False, True)) for fact in known.BOOLEAN_FACTS},
)
hows = st.tuples(st.sampled_from(OBLIGATIONS), st.sampled_from(URGENCIES))
changes = st.lists(
    st.tuples(st.sampled_from(PRODUCT), st.one_of(st.just(("", "")), hows)), max_size=4, unique_by=lambda row: row[0]
)
conditions = st.sampled_from([(fact, value) for fact, values in CONDITIONS.items() for value in values])
additions = st.lists(
    st.tuples(st.sampled_from([key for key in known.RECIPIENTS if key not in NEVER_ADDED]), hows, conditions),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(some_facts, changes, additions)
def test_no_agreement_ever_lowers_a_law_or_a_guideline(facts: Facts, changed: Any, added: Any) -> None:
    agreed = [otherwise(*step, *how, number=number) for number, (step, how) in enumerate(changed, 1)]
    agreed += [
        own(number=10 + number, recipient=who, obligation=how[0], urgency=how[1], conditions=(condition,))
        for number, (who, how, condition) in enumerate(added)
    ]
    table = current_protocol()
    assert lowered(decide(facts, table), decide(facts, with_own(table, agreed, edition=1))) is None


def test_lowered_finds_what_went_what_is_less_firm_and_what_comes_later() -> None:
    facts = parse_facts({"sector": "vo", "concern": "weapon", "subject_role": "pupil", "calamity": True})
    before = decide(facts, current_protocol())
    police = next(advice for advice in before if advice.recipient == "police_contact")
    assert lowered(before, [advice for advice in before if advice is not police]) is police
    for weaker in ({"obligation": "may"}, {"urgency": "planned"}):
        worse = [type(police)(**{**advice_fields(advice), **(weaker if advice is police else {})}) for advice in before]
        assert lowered(before, worse) is police
    assert lowered(before, before) is None


def advice_fields(advice: Any) -> dict[str, Any]:
    return {name: getattr(advice, name) for name in type(advice).__slots__}


# The preview.


def test_the_preview_tells_per_case_what_is_new_gone_and_different() -> None:
    now = current_protocol()
    agreed = [
        own(recipient="parents", conditions=(("concern", "weapon"),)),
        otherwise("R05", "principal", number=2),
        otherwise("R23", "principal", "must", "now", number=3),
        otherwise("R28", "principal", "advice", "planned", number=4),
    ]
    then = with_own(now, agreed, edition=1)
    found = {row.id: [(one.kind, one.recipient) for one in compare(row.facts, now, then)[0]] for row in vignettes()}
    assert {name: rows for name, rows in found.items() if rows} == {
        "V04": [("gone", "principal")],
        "V11": [("new", "parents")],
        "V21": [("changed", "principal")],
    }
