"""What somebody outside may tell that changes the answers: for each recipient a short list, mapped on facts.

Data, like the protocol: a finding names the recipients who can tell it, and what the engine knows afterwards. It never
says who was right; whoever records the step chooses it when the other said so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from escalation.facts import Facts

POLICE: Final = frozenset({"emergency_112", "police_contact", "police_report"})
INSPECTOR: Final = frozenset({"confidential_inspector"})
MUNICIPALITY: Final = frozenset({"municipality_oov", "zvh"})
VEILIG_THUIS: Final = frozenset({"veilig_thuis"})
ADVISERS: Final = frozenset({"school_veiligheid", "ivho", "ess", "lse"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that recipients may tell. sets: the facts afterwards."""

    code: str
    recipients: frozenset[str]
    label: str | Promise
    sets: Mapping[str, object] = field(default_factory=dict)


FINDINGS: Final = (
    Finding(
        "immediate_danger",
        POLICE | VEILIG_THUIS | MUNICIPALITY,
        _("There is immediate danger"),
        {"immediate_danger": True},
    ),
    Finding(
        "safety_risk",
        POLICE | MUNICIPALITY | INSPECTOR | ADVISERS,
        _("There is a concrete risk for somebody’s safety"),
        {"concrete_safety_risk": True},
    ),
    Finding("offence", POLICE, _("An offence was committed"), {"offence_committed": True}),
    Finding(
        "sexual_offence_by_staff",
        INSPECTOR,
        _("There is a reasonable suspicion of a sexual offence by a member of staff"),
        {"sexual_offence": True, "subject_role": "staff"},
    ),
    Finding(
        "sexual_offence",
        INSPECTOR,
        _("There is a reasonable suspicion of a sexual offence by somebody else"),
        {"sexual_offence": True},
    ),
    Finding(
        "unsafe_at_home",
        VEILIG_THUIS,
        _("Somebody is in acute danger at home, or it has been unsafe there for long"),
        {"acute_or_structural_unsafety": True},
    ),
    Finding("only_expression", ADVISERS, _("It is an expression only, without a risk"), {"expression_only": True}),
    Finding(
        "refuted",
        POLICE | INSPECTOR | MUNICIPALITY | VEILIG_THUIS,
        _("The suspicion proved to be wrong"),
        {"refuted": True},
    ),
)
BY_CODE: Final = {finding.code: finding for finding in FINDINGS}


def findings_for(recipient: str) -> tuple[Finding, ...]:
    """What this recipient may tell."""
    return tuple(finding for finding in FINDINGS if recipient in finding.recipients)


def sets(finding: Finding, facts: Facts) -> dict[str, object]:
    """The facts that a finding gives; a principal stays a principal, whoever says "staff"."""
    given = dict(finding.sets)
    if facts.subject_role in ("staff", "principal"):
        given.pop("subject_role", None)
    return given
