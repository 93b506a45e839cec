"""Signals, cases, steps and what people wrote beside them."""

from signals.models.case import Case, CaseChange, Note, StoryOpening
from signals.models.dossier import Dossier, DossierFor, DossierGround, DossierState
from signals.models.facts import FactsChange
from signals.models.file import Attachment, FileKind, FileState
from signals.models.moved import Moved
from signals.models.rehearsal import Rehearsal
from signals.models.rights import Barred, BreakGlass, CaseUserPermission, Named, Share
from signals.models.saved import SavedFilter
from signals.models.signal import Addition, CasePerson, Draft, Person, Signal
from signals.models.step import Step, StepOutcome
from signals.models.transfers import Transfer
from signals.models.work import Absence, HandOver, Meeting, Task, WorkLine

__all__ = [
    "Absence",
    "Addition",
    "Attachment",
    "Barred",
    "BreakGlass",
    "Case",
    "CaseChange",
    "CasePerson",
    "CaseUserPermission",
    "Dossier",
    "DossierFor",
    "DossierGround",
    "DossierState",
    "Draft",
    "Moved",
    "FactsChange",
    "FileKind",
    "FileState",
    "HandOver",
    "Meeting",
    "Named",
    "Note",
    "Person",
    "Rehearsal",
    "SavedFilter",
    "Share",
    "Signal",
    "Step",
    "StepOutcome",
    "StoryOpening",
    "Task",
    "Transfer",
    "WorkLine",
]
