"""What the form for an outcome and the sheet for a call offer: the case's own lines, and what the other may tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import User
from escalation.findings import Finding, findings_for
from escalation.protocol import current_protocol
from signals.lines import Group, groups_of, texts_of
from signals.models import Step
from signals.selectors import notes_of, reports_of
from signals.services.factwalls import WALLING
from signals.walling import staff_of


@dataclass(frozen=True)
class Offer:
    """groups: what was written in the case, sentence by sentence. outside: the recipient is not of the school.

    staff: colleagues whom it may turn out to be about, with their labels; only where the other can say so. naming: the
    findings with which one is named: one that says it is about staff, or any (also none) where the case is already.
    """

    groups: list[Group]
    outside: bool
    findings: Sequence[Finding] = ()
    staff: Sequence[tuple[str, str]] = ()
    naming: frozenset[str] = frozenset()
    people: dict[str, User] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        return texts_of(self.groups)


def offer_for(step: Step) -> Offer:
    """What can be chosen for a step of a case that this person handles, and so may read."""
    groups = groups_of(reports_of(step.case), notes_of(step.case))
    found = findings_for(step.recipient)
    naming = _naming(found, step.case.subject_role in WALLING)
    staff = staff_of(step.case) if naming else {}
    return Offer(
        groups,
        outside=not current_protocol().recipients[step.recipient].inside,
        findings=found,
        staff=[(reference, label) for reference, (_user, label) in staff.items()],
        naming=naming,
        people={reference: user for reference, (user, _label) in staff.items()},
    )


def _naming(found: Sequence[Finding], about_staff: bool) -> frozenset[str]:
    """The findings with which a colleague can be named; the empty one is that nothing else is new."""
    if about_staff and found:
        return frozenset({"", *(finding.code for finding in found)})
    return frozenset(finding.code for finding in found if "subject_role" in finding.sets)
