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

    staff: colleagues whom it may turn out to be about, with their labels; only where a finding can say so.
    """

    groups: list[Group]
    outside: bool
    findings: Sequence[Finding] = ()
    staff: Sequence[tuple[str, str]] = ()
    people: dict[str, User] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        return texts_of(self.groups)


def offer_for(step: Step) -> Offer:
    """What can be chosen for a step of a case that this person handles, and so may read."""
    groups = groups_of(reports_of(step.case), notes_of(step.case))
    found = findings_for(step.recipient)
    about_staff = any("subject_role" in finding.sets for finding in found) and step.case.subject_role not in WALLING
    staff = staff_of(step.case) if about_staff else {}
    return Offer(
        groups,
        outside=not current_protocol().recipients[step.recipient].inside,
        findings=found,
        staff=[(reference, label) for reference, (_user, label) in staff.items()],
        people={reference: user for reference, (user, _label) in staff.items()},
    )
