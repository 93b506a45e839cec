"""The protocol file: complete as it ships, and every mistake in it is told with its line."""

import re
from datetime import date

import phonenumbers
import pytest

from escalation.facts import CONCERNS, RECIPIENTS, SECTORS, SUBJECT_ROLES
from escalation.protocol import PROTOCOLS, ProtocolError, current_protocol, load_protocol

TEXT = (PROTOCOLS / "2026-11.yaml").read_text(encoding="utf-8")


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "protocol.yaml"
        path.write_text(text, encoding="utf-8")
        return load_protocol(path)

    return load


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_the_protocol_that_ships():
    protocol = current_protocol()
    assert (protocol.version, protocol.valid_from) == ("2026-11", date(2026, 11, 22))
    assert tuple(protocol.recipients) == RECIPIENTS
    assert set(protocol.concerns) == set(CONCERNS)
    assert tuple(protocol.sectors) == SECTORS
    assert tuple(protocol.subject_roles) == SUBJECT_ROLES
    assert len(protocol.concern_groups) == 5
    assert {c.group for c in protocol.concerns.values()} == set(protocol.concern_groups)
    assert not protocol.rules["R29"].enabled
    assert current_protocol() is protocol


def test_national_numbers_can_be_called():
    for recipient in current_protocol().recipients.values():
        for phone in (recipient.phone, recipient.fallback.phone if recipient.fallback else ""):
            if phone and phone != "112":
                assert phonenumbers.is_possible_number(phonenumbers.parse(phone, "NL")), recipient.key


def test_local_contacts_have_a_fallback_and_no_national_number():
    for recipient in current_protocol().recipients.values():
        assert (recipient.fallback is not None) == recipient.local
        assert not (recipient.local and recipient.phone)
    assert current_protocol().recipients["police_contact"].fallback.phone == "0900-8844"
    assert current_protocol().recipients["municipality_oov"].fallback.phone == ""


def test_names_by_sector():
    name = current_protocol().recipients["care_coordinator"].name_in
    assert [name(s)["nl"] for s in ("po", "vo", "mbo", "wo")] == [
        "Intern begeleider",
        "Zorgcoördinator",
        "Zorgteam",
        "Casusteam",
    ]
    assert "Houder" in current_protocol().recipients["board"].name_in("ko")["nl"]


def test_the_inspector_warns_before_the_call():
    assert "radicalisering" in current_protocol().recipients["confidential_inspector"].note["nl"]


def test_words_are_plain():
    assert "!" not in re.sub(r"#.*", "", TEXT)
    assert not re.search(r"verdacht[ei] persoon|incident registreren|\bje\b|\bjij\b", TEXT)


BAD = [
    ("    when: refuted", "    when: refutted", "'refutted'"),
    ("    when: refuted", "    when: {concern: refuted}", "not a value of concern"),
    ("    when: refuted", "    when: {mood: bad}", "'mood'"),
    ("    when: refuted", "    when: {refuted: 1}", "not a value of refuted"),
    ("    when: refuted", "    when: {any: []}", "empty"),
    ("    when: refuted", '    when: "fired:R99"', "'fired:R99'"),
    ("    when: refuted", '    when: "fired:R33"', "refers to itself"),
    ("    when: refuted", "    when: {all: [refuted], any: [calamity]}", "a condition is"),
    ("      - recipient: zvh", "      - recipient: mayor", "'mayor' is not one of"),
    ("      - recipient: zvh", "      - reciever: zvh", "'recipient' is missing"),
    ("      - recipient: zvh", "      - recipient: zvh\n        colour: red", "'colour' is unknown here"),
    ("    source: avg", "    source: hearsay", "'hearsay' is not one of"),
    ("    source: avg\n", "", "'source' is missing"),
    ("    enabled: false", "    enabled: maybe", "must be true or false"),
    ("  - id: R33", "  - id: R01", "stands here twice"),
    ("  - id: R33", "  - id: R34", "R33 is missing"),
    ("  - id: R33", "  - id: R32b", "R33 is missing"),
    ("valid_from: 2026-11-22", "valid_from: soon", "must be a date"),
    ("valid_from: 2026-11-22", "valid_from: 2026-13-45", "can't be read"),
    ("valid_from: 2026-11-22", "valid_from: 2026-11-22\nextra: 1", "'extra' is unknown here"),
    ("  ko: {name: {nl: Kinderopvang, en: Childcare}}", "  ko: {name: {nl: Kinderopvang}}", "'en' is missing"),
    ("  ko: {name: {nl: Kinderopvang, en: Childcare}}", "  xx: {name: {nl: a, en: b}}", "'xx' is unknown here"),
    ("  po: {name: {nl: Basisonderwijs, en: Primary education}}\n", "", "'po' is missing"),
    ("    when: {concern: other}", "    when: calamity", "can't be used here"),
    ("    when: {concern: other}", "    when: radicalisation_family", "can't be used here"),
    ("    when: {concern: other}", '    when: "fired:R01"', "'fired:R01'"),
    ("  police_request:\n    kind: yes_no", "  police_request:\n    kind: tri", "'tri' is not one of yes_no"),
    ("  police_request:\n", "  sector:\n", "not a fact that can be asked"),
    ("    depends_on: [refuted]", "    depends_on: [sector]", "'sector' is not one of"),
    ("    urgency: planned\n", "    urgency: someday\n", "'someday' is not one of"),
    ("    fallback: {nl: De gemeente", "    fallbak: {nl: De gemeente", "'fallback' is missing"),
    ("version:", "version: [", "not readable YAML"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_a_mistake_names_its_line(load, old, new, message):
    assert old in TEXT
    at = TEXT.rindex(old) if TEXT.count(old) > 1 else TEXT.index(old)
    bad = TEXT[:at] + new + TEXT[at + len(old) :]
    with pytest.raises(ProtocolError) as caught:
        load(bad)
    assert message in str(caught.value)
    assert re.match(r".*protocol\.yaml:\d+: ", str(caught.value))
    if "missing" not in message and "refers" not in message and "twice" not in message:
        wrong = bad[:at].count("\n") + 1
        assert wrong <= caught.value.line <= wrong + new.count("\n") + 2


def test_a_file_that_is_no_protocol(load):
    for text in ("", "- a list", "just text", "version: 1"):
        with pytest.raises(ProtocolError, match=r"protocol\.yaml:1: "):
            load(text)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"version: \xff")
    with pytest.raises(ProtocolError, match="not readable"):
        load_protocol(tmp_path / "bad.yaml")
