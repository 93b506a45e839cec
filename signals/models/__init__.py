"""Signals, cases, steps and what people wrote beside them."""

from signals.models.case import Case, CaseChange, Note, StoryOpening
from signals.models.facts import FactsChange
from signals.models.file import Attachment, FileKind, FileState
from signals.models.moved import Moved
from signals.models.rights import Barred, BreakGlass, CaseUserPermission, Named, Share
from signals.models.signal import Addition, Draft, Person, Signal
from signals.models.step import Step, StepOutcome

__all__ = [
    "Addition",
    "Attachment",
    "Barred",
    "BreakGlass",
    "Case",
    "CaseChange",
    "CaseUserPermission",
    "Draft",
    "Moved",
    "FactsChange",
    "FileKind",
    "FileState",
    "Named",
    "Note",
    "Person",
    "Share",
    "Signal",
    "Step",
    "StepOutcome",
    "StoryOpening",
]
