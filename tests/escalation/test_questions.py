"""Only what matters is asked, and everything that matters can be asked."""

from itertools import combinations, product

import pytest
import yaml

from escalation.engine import decide
from escalation.facts import (
    BOOLEAN_FACTS,
    CONCERNS,
    DEPARTURES,
    FACT_NAMES,
    SECTORS,
    SUBJECT_ROLES,
    Facts,
    implied_fact,
    imply,
    parse_facts,
)
from escalation.protocol import current_protocol
from escalation.questions import questions_for
from escalation.vignettes import FILE

PROTOCOL = current_protocol()
VIGNETTES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
EVERY_START = list(product(SECTORS, CONCERNS, SUBJECT_ROLES))


def asked(sector, concern, subject_role):
    return {question.fact: question for question in questions_for(sector, concern, subject_role, PROTOCOL)}


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_each_vignette_can_be_answered(vignette):
    facts = vignette["facts"]
    start = {name: facts[name] for name in ("sector", "concern", "subject_role")}
    questions = asked(**start)
    answers = {name: facts[name] for name in facts if name in questions and name != "subject_is_minor"}
    for name in answers:
        depends_on = questions[name].depends_on
        assert not depends_on or any(answers.get(other) for other in depends_on)
    if "subject_is_minor" in facts:  # comes from a birth date or the role
        answers["subject_is_minor"] = facts["subject_is_minor"]
    assert imply(parse_facts({**start, **answers})) == imply(parse_facts(facts))


def test_every_fact_is_asked_somewhere():
    everywhere = {fact for start in EVERY_START for fact in asked(*start)}
    assert everywhere == set(FACT_NAMES) - {"sector", "concern", "subject_role"}
    assert set(BOOLEAN_FACTS) <= everywhere


@pytest.mark.parametrize("start", EVERY_START, ids="-".join)
def test_short_and_consistent(start):
    questions = asked(*start)
    assert implied_fact(start[1]) not in questions
    assert len([q for q in questions.values() if not q.depends_on]) <= 7
    for question in questions.values():
        assert set(question.depends_on) <= set(questions)


def test_short_for_what_is_not_about_a_person():
    assert list(asked("wo", "data_request", "pupil")) == ["advice_wanted"]
    assert [f for f, q in asked("vo", "absence", "pupil").items() if not q.depends_on] == [
        "absence_16h_in_4_weeks",
        "absence_4_weeks_no_start_qualification",
        "advice_wanted",
    ]


def test_nothing_is_asked_that_the_closed_route_ignores():
    assert set(asked("vo", "sexual", "staff")) == {"immediate_danger", "victim_is_minor"}
    assert set(asked("ko", "physical_violence", "staff")) == {"immediate_danger"}


def test_a_departure_is_at_least_suspected():
    assert [c.code for c in asked("vo", "departure", "pupil")["departure"].choices] == list(DEPARTURES[1:])
    assert [c.code for c in asked("vo", "recruiting", "pupil")["departure"].choices] == list(DEPARTURES)


def test_follow_ups():
    questions = asked("vo", "radicalisation", "pupil")
    assert questions["shared_with"].depends_on == ("refuted",)
    assert questions["absence_16h_in_4_weeks"].depends_on == ("not_attending",)
    assert questions["expression_only"].depends_on == ()
    assert asked("vo", "other", "pupil")["expression_only"].depends_on == ("extreme_ideas",)
    assert asked("vo", "absence", "pupil")["absence_16h_in_4_weeks"].depends_on == ()


def test_immediate_danger_comes_first():
    for start in EVERY_START:
        first = questions_for(*start, PROTOCOL)[0]
        assert first.fact == "immediate_danger" or start[1] in ("absence", "data_request")


def answers_to(question):
    if question.kind == "choice":
        return [choice.code for choice in question.choices if choice.code != "none"]
    if question.kind == "recipients":
        return [("ess",)]
    return [True, False] if question.kind == "tri" else [True]


def test_every_rule_can_be_reached_by_answering():
    reached = set()
    for sector, concern, role in EVERY_START:
        answers = [(q.fact, a) for q in asked(sector, concern, role).values() for a in answers_to(q)]
        for count in range(3):
            for chosen in combinations(answers, count):
                advices = decide(Facts(sector, concern, role, **dict(chosen)), PROTOCOL)
                reached.update(rule for advice in advices for rule in advice.rules)
        if len(reached) == 33:
            break
    assert reached == set(PROTOCOL.rules) - {"R29"}
