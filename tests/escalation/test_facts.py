"""Facts from outside are checked strictly; what a concern implies is filled in."""

import pytest

from escalation.facts import (
    BOOLEAN_FACTS,
    FACT_NAMES,
    RECIPIENTS,
    FactError,
    Facts,
    counts_as_minor,
    facts_as_dict,
    imply,
    parse_facts,
)

GOOD = {"sector": "vo", "concern": "other", "subject_role": "pupil"}


def test_left_out_facts_have_their_default():
    facts = parse_facts(GOOD)
    assert facts == Facts("vo", "other", "pupil")
    assert not any(getattr(facts, name) for name in BOOLEAN_FACTS)
    assert (facts.departure, facts.shared_with, facts.subject_is_minor) == ("none", (), None)


def test_all_facts_go_there_and_back():
    data = {**GOOD, **dict.fromkeys(BOOLEAN_FACTS, True), "shared_with": ["ess"], "subject_is_minor": None}
    assert facts_as_dict(parse_facts(data)) == {"departure": "none", "victim_is_minor": None, **data}
    assert set(facts_as_dict(parse_facts(GOOD))) == set(FACT_NAMES)
    assert len(FACT_NAMES) == 7 + 21
    assert len(RECIPIENTS) == 23


@pytest.mark.parametrize("field", ["sector", "concern", "subject_role"])
def test_required_facts(field):
    with pytest.raises(FactError) as caught:
        parse_facts({name: value for name, value in GOOD.items() if name != field})
    assert (caught.value.field, caught.value.message) == (field, "is required")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("religion", True),
        ("sector", "basisschool"),
        ("sector", None),
        ("sector", ["vo"]),
        ("concern", ""),
        ("subject_role", 1),
        ("departure", None),
        ("departure", "gone"),
        ("immediate_danger", 1),
        ("immediate_danger", 0),
        ("immediate_danger", "true"),
        ("immediate_danger", None),
        ("immediate_danger", 1.0),
        ("subject_is_minor", 17),
        ("victim_is_minor", "no"),
        ("shared_with", "ess"),
        ("shared_with", None),
        ("shared_with", {"ess": True}),
        ("shared_with", ["ess", "the newspaper"]),
        ("shared_with", [["ess"]]),
        ("shared_with", [None]),
    ],
)
def test_wrong_values_name_the_field(field, value):
    with pytest.raises(FactError) as caught:
        parse_facts({**GOOD, field: value})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


def test_a_long_wrong_value_is_not_repeated():
    with pytest.raises(FactError) as caught:
        parse_facts({**GOOD, "sector": "x" * 10_000})
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("concern", "fact"),
    [
        ("recruiting", "recruiting_suspected"),
        ("radicalisation", "extreme_ideas"),
        ("weapon", "weapon_found"),
        ("bomb_threat", "threat_to_school"),
        ("absence", "not_attending"),
        ("data_request", "police_request"),
        ("sexual", "sexual_offence"),
        ("discrimination", "discrimination"),
    ],
)
def test_a_concern_implies_an_answer(concern, fact):
    facts = parse_facts({**GOOD, "concern": concern})
    assert not getattr(facts, fact)
    assert getattr(imply(facts), fact)


@pytest.mark.parametrize(
    ("concern", "unless", "fact"),
    [
        ("radicalisation", "expression_only", "extreme_ideas"),
        ("weapon", "immediate_danger", "weapon_found"),
    ],
)
def test_unless_another_answer_takes_it_back(concern, unless, fact):
    assert not getattr(imply(parse_facts({**GOOD, "concern": concern, unless: True})), fact)


def test_a_departure_is_at_least_suspected():
    def implied(**facts):
        return imply(parse_facts({**GOOD, "concern": "departure", **facts})).departure

    assert implied() == "suspected"
    assert implied(departure="departed") == "departed"
    assert implied(state_army_only=True) == "none"


@pytest.mark.parametrize("concern", ["domestic_violence", "bullying", "cyberbullying", "other", "threat"])
def test_other_concerns_imply_nothing(concern):
    facts = parse_facts({**GOOD, "concern": concern})
    assert imply(facts) == facts


@pytest.mark.parametrize("sector", ["ko", "po", "vo", "mbo"])
def test_unknown_age_is_a_minor_at_school(sector):
    assert counts_as_minor(None, sector)
    assert not counts_as_minor(False, sector)


@pytest.mark.parametrize("sector", ["hbo", "wo"])
def test_unknown_age_is_an_adult_in_higher_education(sector):
    assert not counts_as_minor(None, sector)
    assert counts_as_minor(True, sector)
