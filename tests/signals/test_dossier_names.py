"""Names of others are found in whatever way they are written; whose dossier it is keeps theirs."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.dossier.names import KEEP, Names, Near
from signals.dossier.writings import Writing, _any_words, capitals, folded, words_of, writings

ABOUT = "Noor Zandstra"
CLOSE = {
    "b": "Bram Zandstra",
    "f": "Fatima el Amrani",
    "j": "Jan-Willem de Boer",
    "s": "Søren Łukaszewicz",
    "n": "Ben Bakker",
    "o": "Bo Li",
}
FAR = {"m": "Mees Visser", "1": "Sem de Wit", "2": "Sem Bos"}


def names(close: dict[str, str] = CLOSE, far: dict[str, str] = FAR) -> Names:
    rows = [(writing, KEEP, Near.ABOUT) for writing in writings(ABOUT, close=True)]
    rows += [(writing, who, Near.CLOSE) for who, name in close.items() for writing in writings(name, close=True)]
    rows += [(writing, who, Near.FAR) for who, name in far.items() for writing in writings(name, close=False)]
    return Names(rows)


KNOWN = names()


def told(text: str, known: Names = KNOWN) -> str:
    return "".join(piece.text for piece in known.segments(text, lambda who: f"<{who}>"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bram en BRAM zagen Bram Zandstra.", "<b> en <b> zagen <b>."),
        ("Brams tas, Bram’s tas, BRAM'S tas, Brammetje", "<b>’s tas, <b>’s tas, <b>’s tas, <b>"),
        ("Zandstra, Bram; B. Zandstra; bram\nzandstra", "<b>; <b>; <b>"),
        ("Noor, Noors tas, Noor Zandstra, Zandstra", "Noor, Noors tas, Noor Zandstra, Zandstra"),
        ("fatima, FÁTIMA, Fa\u200btima, Fati\u00adma, F. el Amrani, el amrani", "<f>, <f>, <f>, <f>, <f>, <f>"),
        ("Fatima A. zei; Amrani, Fatima el", "<f>. zei; <f>"),
        ("Jan-Willem, jan willem, janwillem, JW de Boer", "<j>, <j>, <j>, <j>"),
        ("Soren; SØREN; lukaszewicz; Łukaszewicz", "<s>; <s>; <s>; <s>"),
        ("Ik ben Ben. Ben Bakker bij de bakker.", "Ik ben <n>. <n> bij de bakker."),
        ("Bo in het bos bij Bo.", "<o> in het bos bij <o>."),
        ("De visser en de Visser; mees visser", "De visser en de <m>; <m>"),
        ("Sem, sem, Sem de Wit en Sem Bos", "<name:sem>, <name:sem>, <1> en <2>"),
        ("bram.zandstra@school.nl, (F.ElAmrani@x.nl) @fatima_el_amrani", "<b>, (<f>) <f>"),
        ("bram2012 en bramzandstra_x", "<b> en <b>_x"),
        ("Abraham, Bramen, embram, Bramst", "Abraham, Bramen, embram, Bramst"),
        ("bij de visser. Mees kwam", "bij de visser. <m> kwam"),
    ],
)
def test_in_whatever_way_it_is_written(text: str, expected: str) -> None:
    assert told(text) == expected


def test_by_hand_goes_before_all() -> None:
    rows = [(writing, KEEP, Near.ABOUT) for writing in writings(ABOUT, close=True)]
    hand = [(writings("Noor", close=True)[0], "x", Near.BY_HAND), (writings("tas", close=True)[0], "y", Near.BY_HAND)]
    assert told("Noor Zandstra zag Noor met een TAS", Names(rows + hand)) == "Noor Zandstra zag <x> met een <y>"


def test_two_with_one_name_are_one_of_both_and_what_is_shared_is_told() -> None:
    two = names({"a": "Sem Kuyt", "b": "Sem Zandstra"}, {})
    assert told("Sem en Sem Kuyt", two) == "<a|b> en <a>"
    assert two.shared("Sem en Noor kwamen bij Zandstra, en Noor Zandstra") == ["zandstra"]
    assert two.shared("Noor en Sem") == []
    assert names({}, {"z": "Noor Kuyt"}).shared("Noor kwam") == ["noor"], "also of who is only on a list"


BRAM = [("", "Bram Jansen", Near.ABOUT), ("p", "Bram Pietersen", Near.CLOSE), ("l", "Bram Pool", Near.FAR)]
NOOR = [("v", "Noor de Vries", Near.CLOSE), ("b", "Noor van den Berg", Near.FAR), ("g", "Johan de Groot", Near.CLOSE)]
INITIALS = Names(
    (writing, who, near) for who, name, near in BRAM + NOOR for writing in writings(name, close=near != Near.FAR)
)


@pytest.mark.parametrize(
    ("text", "expected", "doubts"),
    [
        ("Bram P. sloeg Noor.", "<p>. sloeg <v>.", []),
        ("Bram P. en Noor; bram p. ook", "<p>. en <v>; <p>. ook", []),
        ("Bram P's moeder, Bram P.’s tas", "<p>’s moeder, <p>’s tas", []),
        ("Bram J. en Bram", "Bram J. en Bram", []),
        ("Bram K. kwam met Bram K's broer", "Bram K. kwam met Bram K's broer", ["Bram K", "Bram K"]),
        ("B. Pietersen, Pietersen B., P. Pietersen", "<p>, <p>., <p>", ["P. Pietersen"]),
        ("P. Jansen belde, B. Jansen niet", "P. Jansen belde, B. Jansen niet", ["P. Jansen"]),
        ("J.W. de Groot en J. W. de Groot", "<g> en <g>", []),
        ("N.d.Vries en N. d. Vries", "<v> en <v>", []),
        ("Noor d. V. zei", "<v>. zei", []),
        ("Noor de V., Noor d.V., Noor v.d. B., Noor van den B.", "<v>., <v>., <b>., <b>.", []),
        ("Noor B. en Noor V. U weet het.", "<b>. en <v>. U weet het.", []),
        ("Bram o.a. was in A4, Noor i.p.v. Bram", "Bram o.a. was in A4, <v> i.p.v. Bram", []),
        ("In groep 3B. De Groot kwam.", "In groep 3B. <g> kwam.", []),
    ],
)
def test_an_initial_says_who_is_meant_or_is_pointed_out(text: str, expected: str, doubts: list[str]) -> None:
    """It never lets somebody else through under the first name, or the family name, of whom it is about."""
    assert told(text, INITIALS) == expected
    assert INITIALS.doubts(text) == doubts


def test_an_initial_of_two_people_is_pointed_out_and_by_hand_it_is_decided() -> None:
    rows = [("", "Bram Jansen", Near.ABOUT), ("f", "Bram Jacobs", Near.FAR)]
    found = [(writing, who, near) for who, name, near in rows for writing in writings(name, close=True)]
    assert Names(found).doubts("Bram J. kwam") == ["Bram J"]
    hand = Names([*found, (Writing(("bram", "j")), "x", Near.BY_HAND)])
    assert (told("Bram J. kwam", hand), hand.doubts("Bram J. kwam")) == ("<x>. kwam", [])


def test_a_word_in_lower_case_that_is_a_name_too_is_pointed_out() -> None:
    assert KNOWN.lower("Hij ging naar de bakker, ik ben er niet") == [("bakker", "n"), ("ben", "n")]
    assert KNOWN.lower("Ben Bakker kwam") == []


def test_what_may_be_a_name_that_nobody_gave() -> None:
    text = "Volgens Karim Benali en Yusuf-Ali was het goed. Daarna ging Noor. Vragen waren er niet. De GGD kwam."
    taken = [(match.start, match.end) for match in KNOWN.matches(text)]
    assert capitals(text, taken) == ["Karim Benali", "Yusuf-Ali", "Vragen"]
    assert capitals(text, taken, {"vragen", "karim"}) == ["Karim Benali", "Yusuf-Ali"]


WRITTEN = st.sampled_from([str, str.upper, str.lower, str.title, lambda text: unicodedata.normalize("NFD", text)])
AROUND = st.sampled_from(["", " ", "\n", "(", "“", "‘", "-", "_", ", ", ". ", "\u00a0", "12 "])
NAME = st.sampled_from(
    ["Fatima el Amrani", "Fatima", "Amrani", "el Amrani, Fatima", "Łukaszewicz", "Søren", "Jan-Willem"]
)
BETWEEN = st.text(alphabet="abc .,\n'-_é0", max_size=12)


@given(NAME, WRITTEN, AROUND, AROUND, BETWEEN, BETWEEN)
@settings(max_examples=150, deadline=None)
def test_no_part_of_a_name_is_left(name: str, how: object, before: str, after: str, left: str, right: str) -> None:
    written = how(name)  # type: ignore[operator]
    text = f"{left} {before}{written}{after} {right}"
    left_over = {word.text for word in words_of(told(text))}
    gone = {"fatima", "amrani", "lukaszewicz", "soren", "willem"}
    assert not left_over & gone, told(text)


@given(st.text(alphabet="aB éÉøŁß’‘-_1.\n•€ĳ\u00adÿ½ª", max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_quick_way_finds_the_same_words(text: str) -> None:
    assert words_of(text) == _any_words(text)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_the_rest_of_it_stays(text: str) -> None:
    """Pieces put together again, with what stood there, are the text."""
    pieces = KNOWN.segments(text, lambda who: f"<{who}>")
    assert "".join(piece.was or piece.text for piece in pieces) == text
    assert all(text[word.start] not in "\u200b" and folded(text[word.start]) for word in words_of(text))
