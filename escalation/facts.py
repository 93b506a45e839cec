"""The facts on which the protocol decides: what a person answered about one concern.

Pure Python, no Django, no clock, no database. Everything the engine knows is in one `Facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

SECTORS: Final = ("ko", "po", "vo", "mbo", "hbo", "wo")
CONCERNS: Final = (
    "departure",
    "recruiting",
    "radicalisation",
    "threat",
    "weapon",
    "physical_violence",
    "verbal_violence",
    "bullying",
    "cyberbullying",
    "discrimination",
    "sexual",
    "domestic_violence",
    "exploitation",
    "drugs_alcohol",
    "theft_vandalism",
    "fireworks",
    "bomb_threat",
    "unwanted_visitor",
    "absence",
    "wellbeing",
    "data_request",
    "other",
)
SUBJECT_ROLES: Final = ("pupil", "staff", "principal", "parent", "outsider", "unknown")
DEPARTURES: Final = ("none", "suspected", "under_way", "departed")
# The order of the contact list; it breaks ties when steps are sorted.
RECIPIENTS: Final = (
    "emergency_112",
    "police_contact",
    "municipality_oov",
    "confidential_inspector",
    "board",
    "principal",
    "care_coordinator",
    "internal_confidant",
    "anti_bullying_coordinator",
    "data_protection_officer",
    "parents",
    "school_veiligheid",
    "ivho",
    "ess",
    "lse",
    "meld_misdaad_anoniem",
    "police_report",
    "veilig_thuis",
    "attendance_desk",
    "inspectorate",
    "zvh",
    "national_crisis_centre",
    "no_further_sharing",
)
BOOLEAN_FACTS: Final = (
    "immediate_danger",
    "state_army_only",
    "recruiting_suspected",
    "extreme_ideas",
    "concrete_safety_risk",
    "expression_only",
    "not_attending",
    "absence_16h_in_4_weeks",
    "absence_4_weeks_no_start_qualification",
    "offence_committed",
    "sexual_offence",
    "acute_or_structural_unsafety",
    "weapon_found",
    "discrimination",
    "threat_to_school",
    "suspended_over_one_day",
    "calamity",
    "reporter_fears_exposure",
    "police_request",
    "refuted",
    "advice_wanted",
)
REQUIRED_FACTS: Final = ("sector", "concern", "subject_role")
MINOR_FACTS: Final = ("subject_is_minor", "victim_is_minor")
CHOICE_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "sector": SECTORS,
    "concern": CONCERNS,
    "subject_role": SUBJECT_ROLES,
    "departure": DEPARTURES,
}
_SECTORS_OF_MINORS: Final = frozenset({"ko", "po", "vo", "mbo"})
# A concern code that answers a yes/no question by itself, and the fact that takes that answer back.
_IMPLIED_BY_CONCERN: Final[dict[str, tuple[str, str | None]]] = {
    "recruiting": ("recruiting_suspected", None),
    "radicalisation": ("extreme_ideas", "expression_only"),
    "weapon": ("weapon_found", "immediate_danger"),
    "bomb_threat": ("threat_to_school", None),
    "absence": ("not_attending", None),
    "data_request": ("police_request", None),
    "sexual": ("sexual_offence", None),
    "discrimination": ("discrimination", None),
}


class FactError(ValueError):
    """Facts that can't be used.

    `field` is the name of the fact that is wrong, `message` a sentence in English for who sent it.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one concern. Build it with `parse_facts` when the data comes from outside."""

    sector: str
    concern: str
    subject_role: str
    subject_is_minor: bool | None = None
    victim_is_minor: bool | None = None
    departure: str = "none"
    shared_with: tuple[str, ...] = ()
    immediate_danger: bool = False
    state_army_only: bool = False
    recruiting_suspected: bool = False
    extreme_ideas: bool = False
    concrete_safety_risk: bool = False
    expression_only: bool = False
    not_attending: bool = False
    absence_16h_in_4_weeks: bool = False
    absence_4_weeks_no_start_qualification: bool = False
    offence_committed: bool = False
    sexual_offence: bool = False
    acute_or_structural_unsafety: bool = False
    weapon_found: bool = False
    discrimination: bool = False
    threat_to_school: bool = False
    suspended_over_one_day: bool = False
    calamity: bool = False
    reporter_fears_exposure: bool = False
    police_request: bool = False
    refuted: bool = False
    advice_wanted: bool = False


FACT_NAMES: Final = tuple(field.name for field in fields(Facts))
_KNOWN: Final = frozenset(FACT_NAMES)


def parse_facts(data: Mapping[str, object]) -> Facts:
    """Check facts from outside and return them as `Facts`, without filling in what they imply.

    Arguments: `data` maps fact names to values: strings for choices, real booleans (no 0 or 1), `None` only
    for the two minor facts, a list of recipients for `shared_with`. Left out facts keep their default.
    Errors: `FactError` for the first unknown name, missing required fact or wrong value, naming the fact.
    """
    for name in data:
        if name not in _KNOWN:
            raise FactError(str(name), "is not a fact that the protocol knows")
    for name in REQUIRED_FACTS:
        if name not in data:
            raise FactError(name, "is required")
    values = {name: _checked(name, data[name]) for name in FACT_NAMES if name in data}
    return Facts(**values)  # type: ignore[arg-type]  # _checked gives each fact its own type


def _checked(name: str, value: object) -> object:
    """Return the value of one known fact in its own type, or raise `FactError`."""
    if name in CHOICE_FACTS:
        return _choice(name, value, CHOICE_FACTS[name])
    if name == "shared_with":
        return _recipients(name, value)
    if value is None and name in MINOR_FACTS:
        return None
    if not isinstance(value, bool):
        allowed = "true, false or null" if name in MINOR_FACTS else "true or false"
        raise FactError(name, f"must be {allowed}, not {_shown(value)}")
    return value


def _choice(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise FactError(name, f"must be one of {', '.join(allowed)}, not {_shown(value)}")
    return value


def _recipients(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise FactError(name, f"must be a list of recipients, not {_shown(value)}")
    for item in value:
        if not isinstance(item, str) or item not in RECIPIENTS:
            raise FactError(name, f"holds an unknown recipient: {_shown(item)}")
    return tuple(value)


def _shown(value: object) -> str:
    """Show a wrong value shortly: it may be very long, and it may hold what somebody typed by accident."""
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def facts_as_dict(facts: Facts) -> dict[str, object]:
    """Return the facts as plain data for a JSON column; `parse_facts` reads it back unchanged."""
    return {name: getattr(facts, name) for name in FACT_NAMES} | {"shared_with": list(facts.shared_with)}


def counts_as_minor(is_minor: bool | None, sector: str) -> bool:
    """Say whether a person counts as under 18.

    Arguments: the answer (`None` when unknown) and the sector. Unknown counts as a minor in childcare,
    primary, secondary and vocational education, and as an adult in hbo and wo.
    """
    return sector in _SECTORS_OF_MINORS if is_minor is None else is_minor


def implied_fact(concern: str) -> str | None:
    """Return the yes/no fact which a concern code answers by itself, or `None`."""
    implied = _IMPLIED_BY_CONCERN.get(concern)
    return implied[0] if implied else None


def imply(facts: Facts) -> Facts:
    """Fill in the answers that the concern code gives by itself; doing it twice changes nothing.

    Weapon does not imply a found weapon while there is immediate danger, radicalisation no extreme ideas when
    only an expression was seen, departure no suspicion when it is about a state's army only.
    """
    if facts.concern == "departure":
        if facts.departure == "none" and not facts.state_army_only:
            return replace(facts, departure="suspected")
        return facts
    fact, unless = _IMPLIED_BY_CONCERN.get(facts.concern, (None, None))
    if fact is None or (unless and getattr(facts, unless)) or getattr(facts, fact):
        return facts
    return replace(facts, **{fact: True})  # type: ignore[arg-type]  # a yes/no fact by construction
