"""Signals, cases, steps and what people wrote beside them."""

from signals.models.case import Case, CaseChange, Note, StoryOpening
from signals.models.signal import Addition, Draft, Person, Signal
from signals.models.step import Step, StepOutcome

__all__ = [
    "Addition",
    "Case",
    "CaseChange",
    "Draft",
    "Note",
    "Person",
    "Signal",
    "Step",
    "StepOutcome",
    "StoryOpening",
]
