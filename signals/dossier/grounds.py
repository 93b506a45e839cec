"""On what grounds something may be passed on: what each means and where that stands, law apart from guidance.

Read in November 2026. Which ground holds is for a school to judge, with who answers for its privacy.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from signals.models.dossier import DossierGround

LAW, GUIDANCE = _("law"), _("guidance")


@dataclass(frozen=True)
class Explained:
    """One ground. rests: on law, guidance or our own proposal; source: where it stands, with the year of the text."""

    code: str
    meaning: Any
    rests: Any
    source: Any
    letter: Any  # what the letter says


GROUNDS = (
    Explained(
        DossierGround.CONSENT,
        _(
            "Agreed to freely, knowing to whom and what for, and free to take it back. Under 16 a parent or guardian "
            "agrees."
        ),
        LAW,
        _("GDPR article 6(1)(a) and 7; Dutch implementing act (UAVG) article 5, text of 2020"),
        _("Consent (GDPR article 6(1)(a))"),
    ),
    Explained(
        DossierGround.DUTY,
        _(
            "A law says that you must: an order of the public prosecutor, a report about a sexual offence by staff, "
            "the educational report for the next school. A request of the police is no order. Name the article above."
        ),
        LAW,
        _("GDPR article 6(1)(c); for sexual offences WPO 4a, WVO 2020 3.39, WEB 1.3.8, WHW 1.20"),
        _("A legal duty (GDPR article 6(1)(c))"),
    ),
    Explained(
        DossierGround.RIGHT,
        _("For Veilig Thuis: the right to report domestic violence or child abuse without consent."),
        LAW,
        _("Wmo 2015 article 5.2.6, text of 2017"),
        _("The right to report without consent (Wmo 2015 article 5.2.6)"),
    ),
    Explained(
        DossierGround.SAFETY,
        _("Somebody’s life or health is in danger, and asking first would take too long or make it worse."),
        LAW,
        _("GDPR article 6(1)(d); weigh it and write that down, UAVG article 41, text of 2020"),
        _("Protection of somebody’s life or health (GDPR article 6(1)(d))"),
    ),
    Explained(
        DossierGround.TASK,
        _("Needed for a safe school, and no less will do. Weigh it, and write down why."),
        GUIDANCE,
        _("GDPR article 6(1)(e). That it leaves room to share with the police is guidance of the government of 2025"),
        _("The public task of the school (GDPR article 6(1)(e))"),
    ),
    Explained(
        DossierGround.OWN,
        _("A parent of a pupil under 16, or the pupil from 16, asks for what there is about them."),
        LAW,
        _("GDPR article 15. Not where it harms the rights of others"),
        _("The right of access (GDPR article 15)"),
    ),
)
BY_CODE = {ground.code: ground for ground in GROUNDS}
