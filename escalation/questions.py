"""Which questions matter for one concern."""

from dataclasses import replace

from escalation.conditions import Situation
from escalation.entries import Protocol, Question
from escalation.facts import Facts, implied_fact, imply


def questions_for(sector: str, concern: str, subject_role: str, protocol: Protocol) -> tuple[Question, ...]:
    """Return the questions to ask, in order.

    Arguments: the three facts that are known before the first question, and the protocol. A question that the
    concern answers by itself is left out. A question with `depends_on` is a follow-up: it is only to be asked
    after one of those facts was answered with yes, or with another choice than "none".
    """
    situation = Situation(Facts(sector=sector, concern=concern, subject_role=subject_role))
    wanted = [question for question in protocol.questions if question.when(situation)]
    known = implied_fact(concern)
    wanted = [_without_implied_choice(q, concern) for q in wanted if q.fact != known]
    implied = {known} | ({"departure"} if imply(situation.facts).departure != "none" else set())
    asked = {question.fact for question in wanted}
    questions = []
    for question in wanted:
        if not question.depends_on or implied.intersection(question.depends_on):
            questions.append(replace(question, depends_on=()))
            continue
        depends_on = tuple(fact for fact in question.depends_on if fact in asked)
        if depends_on:
            questions.append(replace(question, depends_on=depends_on))
    return tuple(questions)


def questions_of_sector(sector: str, protocol: Protocol) -> tuple[Question, ...]:
    """Return every question that some concern in this sector asks, in order: what a form on paper has to hold."""
    wanted = {
        question.fact
        for concern in protocol.concerns
        for role in protocol.subject_roles
        for question in questions_for(sector, concern, role, protocol)
    }
    return tuple(question for question in protocol.questions if question.fact in wanted)


def _without_implied_choice(question: Question, concern: str) -> Question:
    """A concern about a departure is at least a suspicion: "none" is no answer there."""
    if question.fact != "departure" or concern != "departure":
        return question
    return replace(question, choices=tuple(c for c in question.choices if c.code != "none"))
