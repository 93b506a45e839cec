"""Every line of the decision table: facts that fire it with what it gives, and near misses that do not."""

from pathlib import Path

import pytest

from escalation.engine import decide
from escalation.facts import parse_facts
from escalation.protocol import PROTOCOLS, current_protocol, load_protocol

MUST_POLICE_NOW = "police_contact must government now"
MUST_POLICE_TODAY = "police_contact must government same_day"
ATTENDANCE = "attendance_desk must law five_working_days"
FOUR_STEPS = [
    f"{recipient} must law same_day" for recipient in ("board", "confidential_inspector", "parents", "police_report")
]


def rules_and_steps(protocol=None, **facts):
    """Decide for a pupil of a secondary school, unless the facts say otherwise."""
    data = {"sector": "vo", "concern": "other", "subject_role": "pupil", **facts}
    return [
        (set(a.rules), f"{a.recipient} {a.obligation} {a.basis} {a.urgency}")
        for a in decide(parse_facts(data), protocol or current_protocol())
    ]


def case(rule, steps, **facts):
    return pytest.param(rule, steps, facts, id=f"{rule}-{'-'.join(map(str, facts)) or 'plain'}")


def miss(rule, **facts):
    return pytest.param(rule, facts, id=f"{rule}-{'-'.join(map(str, facts)) or 'plain'}")


FIRES = [
    case("R00", ["care_coordinator must product planned"]),
    case("R00", ["care_coordinator must product same_day"], immediate_danger=True),
    case("R01", ["emergency_112 must sector now", "principal must product now"], immediate_danger=True),
    case("R01", ["emergency_112 must sector now", "principal must product now"], departure="under_way"),
    case("R01", ["emergency_112 must sector now", "principal must product now"], concern="bomb_threat"),
    case("R01", ["emergency_112 must sector now"], immediate_danger=True, state_army_only=True),
    case("R02", [MUST_POLICE_NOW], departure="under_way"),
    case("R02", [MUST_POLICE_NOW], departure="departed"),
    case("R03", [MUST_POLICE_TODAY], departure="suspected"),
    case("R03", [MUST_POLICE_TODAY], concern="departure"),
    case("R03", [MUST_POLICE_TODAY], recruiting_suspected=True),
    case("R03", [MUST_POLICE_TODAY], departure="suspected", state_army_only=True, recruiting_suspected=True),
    case("R04", ["municipality_oov must government same_day"], departure="departed"),
    case("R04", ["municipality_oov must government same_day"], concern="recruiting"),
    case("R05", ["principal must product now"], recruiting_suspected=True, subject_role="outsider"),
    case("R05", ["principal must product now"], concern="recruiting", subject_role="unknown"),
    case("R06", ["police_contact may government same_day"], not_attending=True, extreme_ideas=True),
    case("R06", ["police_contact may government same_day"], concern="absence", extreme_ideas=True),
    case("R07", [ATTENDANCE], absence_16h_in_4_weeks=True),
    case("R07", [ATTENDANCE], sector="mbo", absence_16h_in_4_weeks=True),
    case("R08", [ATTENDANCE], absence_4_weeks_no_start_qualification=True, subject_is_minor=False),
    case("R08", [ATTENDANCE], sector="hbo", absence_4_weeks_no_start_qualification=True),
    case("R09", ["confidential_inspector may government planned"], extreme_ideas=True),
    case("R09", ["confidential_inspector may government planned"], sector="ko", concern="radicalisation"),
    case("R09", ["confidential_inspector advice government planned"], extreme_ideas=True, subject_role="staff"),
    case("R10", ["school_veiligheid advice government planned"], extreme_ideas=True),
    case("R10", ["school_veiligheid advice government planned"], sector="po", advice_wanted=True),
    case("R10", ["school_veiligheid advice government same_day"], sector="mbo", departure="departed"),
    case("R10", ["school_veiligheid advice government same_day"], recruiting_suspected=True),
    case("R10", ["school_veiligheid advice government same_day"], concrete_safety_risk=True),
    case("R10", ["school_veiligheid advice government same_day"], calamity=True),
    case("R10", ["school_veiligheid advice government planned"], expression_only=True, advice_wanted=True),
    case("R11", ["ivho advice government planned"], sector="hbo", extreme_ideas=True),
    case("R11", ["ivho advice government planned"], sector="wo", departure="departed"),
    case("R11", ["ivho advice government planned"], sector="wo", concrete_safety_risk=True),
    case("R11", ["ivho advice government same_day"], sector="wo", calamity=True),
    case("R12", ["ess advice government planned"], sector="ko", advice_wanted=True),
    case("R12", ["ess advice government planned"], sector="wo", extreme_ideas=True),
    case("R13", ["lse may sector planned"], state_army_only=True),
    case(
        "R14",
        ["municipality_oov must sector same_day", "police_contact must product same_day"],
        concrete_safety_risk=True,
    ),
    case(
        "R15",
        [
            "no_further_sharing must sector planned",
            "care_coordinator advice sector planned",
            "school_veiligheid may government planned",
        ],
        concern="radicalisation",
        expression_only=True,
    ),
    case("R15", ["ivho may government planned"], sector="hbo", expression_only=True, extreme_ideas=True),
    case(
        "R16",
        ["meld_misdaad_anoniem may sector planned"],
        reporter_fears_exposure=True,
        offence_committed=True,
    ),
    case(
        "R16",
        ["meld_misdaad_anoniem may sector planned"],
        reporter_fears_exposure=True,
        immediate_danger=True,
    ),
    case(
        "R16",
        ["meld_misdaad_anoniem may sector planned"],
        reporter_fears_exposure=True,
        concrete_safety_risk=True,
    ),
    case("R17", ["police_report may law planned"], offence_committed=True),
    case("R17", ["police_report advice sector planned"], offence_committed=True, concern="threat"),
    case("R17", ["police_report advice sector planned"], offence_committed=True, concern="weapon"),
    case("R17", ["police_report advice sector planned"], offence_committed=True, concern="physical_violence"),
    case("R17", ["police_report advice sector planned"], offence_committed=True, concern="bomb_threat"),
    case("R17", ["police_report advice sector planned"], offence_committed=True, discrimination=True),
    case("R18", FOUR_STEPS, concern="sexual", subject_role="staff", victim_is_minor=True),
    case("R18", FOUR_STEPS, concern="sexual", subject_role="principal"),
    case("R18", FOUR_STEPS, sector="wo", sexual_offence=True, subject_role="staff", victim_is_minor=True),
    case("R19", FOUR_STEPS, sector="ko", subject_role="staff", concern="sexual", victim_is_minor=False),
    case("R19", FOUR_STEPS, sector="ko", subject_role="staff", concern="physical_violence"),
    case(
        "R20",
        ["care_coordinator must law same_day", "veilig_thuis advice law same_day"],
        concern="domestic_violence",
    ),
    case(
        "R20",
        ["care_coordinator must law now", "veilig_thuis must law now"],
        concern="domestic_violence",
        acute_or_structural_unsafety=True,
    ),
    case(
        "R21",
        [
            "parents must product same_day",
            "confidential_inspector advice sector same_day",
            "police_report may law same_day",
        ],
        concern="sexual",
    ),
    case("R21", ["parents must product same_day"], sexual_offence=True, subject_role="parent"),
    case(
        "R22",
        ["anti_bullying_coordinator must law same_day", "confidential_inspector may government planned"],
        concern="bullying",
    ),
    case("R22", ["anti_bullying_coordinator must law same_day"], sector="po", concern="cyberbullying"),
    case("R22", ["internal_confidant must law same_day"], sector="mbo", discrimination=True),
    case("R22", ["internal_confidant must law same_day"], sector="ko", concern="discrimination"),
    case("R23", ["principal must product same_day", "police_contact advice sector same_day"], concern="weapon"),
    case("R24", ["inspectorate must law planned"], suspended_over_one_day=True),
    case("R25", ["school_veiligheid advice government same_day"], calamity=True),
    case("R25", ["ivho advice government same_day"], sector="hbo", calamity=True),
    case(
        "R26",
        ["board must product same_day", "internal_confidant advice product planned"],
        subject_role="staff",
    ),
    case("R26", ["board must product same_day"], subject_role="principal"),
    case("R27", ["zvh may product planned"], concrete_safety_risk=True),
    case(
        "R28",
        [
            "principal must product same_day",
            "data_protection_officer must product same_day",
            "no_further_sharing must product same_day",
        ],
        police_request=True,
    ),
    case(
        "R30",
        ["board must product now", "national_crisis_centre may product same_day"],
        threat_to_school=True,
    ),
    case("R31", ["police_contact advice product planned"], concern="departure", state_army_only=True),
    case("R31", ["police_contact advice product planned"], departure="under_way", state_army_only=True),
    case(
        "R32",
        ["internal_confidant must product same_day", "confidential_inspector advice sector planned"],
        concern="sexual",
        subject_role="staff",
        victim_is_minor=False,
    ),
    case(
        "R32",
        ["internal_confidant must product same_day"],
        sector="wo",
        concern="sexual",
        subject_role="staff",
    ),
    case(
        "R33",
        [
            "police_contact must law planned",
            "data_protection_officer must law planned",
            "parents must law planned",
        ],
        refuted=True,
        shared_with=["police_contact"],
    ),
]
MISSES = [
    miss("R00", concern="data_request"),
    miss("R00", expression_only=True),
    miss("R00", subject_role="staff"),
    miss("R00", refuted=True),
    miss("R01", departure="departed"),
    miss("R01", departure="under_way", state_army_only=True),
    miss("R01", concrete_safety_risk=True),
    miss("R02", departure="suspected"),
    miss("R02", departure="departed", state_army_only=True),
    miss("R03", departure="departed"),
    miss("R03", departure="suspected", state_army_only=True),
    miss("R03", extreme_ideas=True),
    miss("R04", concrete_safety_risk=True),
    miss("R04", departure="departed", state_army_only=True),
    miss("R05", recruiting_suspected=True),
    miss("R05", subject_role="outsider"),
    miss("R06", not_attending=True),
    miss("R06", extreme_ideas=True),
    miss("R07", absence_16h_in_4_weeks=True, subject_is_minor=False),
    miss("R07", sector="hbo", absence_16h_in_4_weeks=True, subject_is_minor=True),
    miss("R07", sector="ko", absence_16h_in_4_weeks=True),
    miss("R08", absence_4_weeks_no_start_qualification=True),
    miss("R08", sector="ko", absence_4_weeks_no_start_qualification=True, subject_is_minor=False),
    miss("R09", advice_wanted=True),
    miss("R10", sector="ko", advice_wanted=True),
    miss("R10", sector="wo", advice_wanted=True),
    miss("R10", concern="radicalisation", expression_only=True),
    miss("R10"),
    miss("R11", advice_wanted=True),
    miss("R11", sector="hbo"),
    miss("R12", calamity=True),
    miss("R13", advice_wanted=True),
    miss("R14", extreme_ideas=True),
    miss("R15", expression_only=True, immediate_danger=True),
    miss("R15", expression_only=True, departure="suspected"),
    miss("R15", expression_only=True, recruiting_suspected=True),
    miss("R15", expression_only=True, concrete_safety_risk=True),
    miss("R15", expression_only=True, threat_to_school=True),
    miss("R16", reporter_fears_exposure=True),
    miss("R16", offence_committed=True),
    miss("R17", concern="threat"),
    miss("R18", concern="sexual", subject_role="staff", victim_is_minor=False),
    miss("R18", concern="sexual", subject_role="parent", victim_is_minor=True),
    miss("R18", sector="hbo", concern="sexual", subject_role="staff"),
    miss("R19", subject_role="staff", concern="physical_violence"),
    miss("R19", sector="ko", subject_role="principal", concern="physical_violence"),
    miss("R19", sector="ko", subject_role="staff", concern="verbal_violence"),
    miss("R20", acute_or_structural_unsafety=True),
    miss("R21", concern="sexual", subject_role="staff", victim_is_minor=False),
    miss("R21", concern="sexual", subject_role="staff", victim_is_minor=True),
    miss("R22", concern="verbal_violence"),
    miss("R23", concern="weapon", immediate_danger=True),
    miss("R23", weapon_found=True, immediate_danger=True),
    miss("R24", concern="weapon"),
    miss("R25", sector="ko", calamity=True),
    miss("R25", concrete_safety_risk=True),
    miss("R26", subject_role="parent"),
    miss("R27", extreme_ideas=True),
    miss("R28"),
    miss("R29", calamity=True),
    miss("R30", immediate_danger=True),
    miss("R31", state_army_only=True, recruiting_suspected=True),
    miss("R32", sexual_offence=True),
    miss("R32", sector="mbo", concern="sexual", subject_role="staff"),
    miss("R33", shared_with=["police_contact"]),
]


@pytest.mark.parametrize(("rule", "steps", "facts"), FIRES)
def test_fires(rule, steps, facts):
    by_rule = [step for rules, step in rules_and_steps(**facts) if rule in rules]
    assert set(steps) <= set(by_rule)


@pytest.mark.parametrize(("rule", "facts"), MISSES)
def test_near_miss(rule, facts):
    assert not [step for rules, step in rules_and_steps(**facts) if rule in rules]


def test_every_rule_is_tried_both_ways():
    every = {f"R{number:02}" for number in range(34)}
    assert set(current_protocol().rules) == every
    assert {param.values[0] for param in FIRES} == every - {"R29"}
    assert {param.values[0] for param in MISSES} == every


def test_r29_works_when_a_school_switches_it_on(tmp_path: Path):
    text = (PROTOCOLS / "2026-11.yaml").read_text(encoding="utf-8").replace("enabled: false", "enabled: true")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    steps = rules_and_steps(load_protocol(tmp_path / "own.yaml"), calamity=True)
    assert ({"R29"}, "inspectorate must law planned") in steps


def test_a_parent_who_is_the_subject_is_not_simply_told():
    advices = decide(parse_facts({"sector": "po", "concern": "sexual", "subject_role": "parent"}), current_protocol())
    assert "Veilig Thuis" in next(a.why["nl"] for a in advices if a.recipient == "parents")
