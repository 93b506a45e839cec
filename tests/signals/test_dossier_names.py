"""Names of others are found in whatever way they are written; whose dossier it is keeps theirs."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.dossier.addresses import kind_of, signs
from signals.dossier.initials import alone
from signals.dossier.names import KEEP, Names, Near
from signals.dossier.writings import Writing, _any_words, capitals, folded, names_within, words_of, writings

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
        ("bram2012 en bramzandstra_x, x_bram.06", "<b> en <b>, <b>"),
        ("Abraham, Bramen, embram, Bramst", "Abraham, Bramen, embram, Bramst"),
        ("bij de visser. Mees kwam", "bij de visser. <m> kwam"),
    ],
)
def test_in_whatever_way_it_is_written(text: str, expected: str) -> None:
    assert told(text) == expected


SCHOOL = {
    "a": "Alexander (Sander) Jansen",
    "w": "Willem de Boer",
    "e": "Emma Bos",
    "o": "Otto van Daal",
    "t": "Tim van den Berg",
    "y": "Youssef Ben Ali",
    "i": "Mohammed El Idrissi",
    "j": "João da Silva",
    "k": "Kevin Maas",
    "l": "Lucas (roepnaam: Luuk) Peters",
    "v": "Noortje de Vries",
    "m": "Mees de Wit",
    "x": "Bo Smit",
    "z": "Max Man",
    "r": "Roos (3B) in 't Veld",
    "n": "Anne Ander",
}
FAR_ONLY = names({}, SCHOOL)
IN_CASE = names(SCHOOL, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sander sloeg; sander riep; Sander Jansen; S. Jansen; sanders tas", "<a> <a> <a> <a> <a>’s"),
        ("Luuk en luuk Peters", "<l> <l>"),
        ("willempje, Emmaatje, emmaatjes, ottootje, timpje, annetje, kevintje", "<w> <e> <e> <o> <t> <n> <k>"),
        ("t.vdberg@lyceum.nl tvdberg@live.nl timvdberg @timvdb timvdb tim_vdb tim.vd.berg", "<t> " * 7),
        ("Tim vd Berg, T. vd Berg, Tim v.d. Berg, tim v d berg, Berg, Tim vd", "<t> " * 5),
        ("youssef benali, joao dasilva, ElIdrissi, BenAli", "<y> <j> <i> <y>"),
        ("Kevins’ tas, Lucas’ moeder, Max' fiets", "<k>’s <l>’s <z>’s"),
    ],
)
def test_what_schools_and_children_write(text: str, expected: str) -> None:
    """Call names, diminutives, accounts, and "van den" in short: also of who is only on a list of the school."""
    for known in (FAR_ONLY, IN_CASE):
        found = re.findall(r"<\w>(?:’s)?", told(text, known))
        assert found == expected.split(), told(text, known)


@pytest.mark.parametrize(
    "text",
    [
        "Alle kinderen waren er, anders was alles goed. Niks aan de hand.",
        "de raampjes en het boompje, een praatje en een plaatje in het laatje, het bootje en de meisjes",
        "vandaal en vandaag, leven en leren, die man met het roosje op de rand van het veld",
        "ik ben in de klas bij meester, op het bord stond mees, en die bo max anne-fleur was er in 3b",
        "Hij zei: ‘dat is niet mijn tas’ en ging. Het is 's avonds laat en 't regent.",
        "het emmertje, de timmerman, een willekeurig bosje, kevers, ottoman en sandalen",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """With lists of the school in which names are words too; what stands in small letters and is a name is asked."""
    assert told(text, FAR_ONLY).replace("<n>", "anne") == text


def test_a_first_name_in_small_letters_that_is_a_word_too_is_asked_about() -> None:
    """Children write so. A family name is not: that would be a third of all texts."""
    text = "in de appgroep schreven mees, bo en roosje dat max haar pakt, met de man en benali"
    assert FAR_ONLY.lower(text) == [("mees", "m"), ("bo", "x"), ("roosje", "r"), ("max", "z"), ("benali", "y")]
    assert ("man", "z") in IN_CASE.lower(text)
    assert names({}, {"1": "Mees Bos", "2": "Mees Kok"}).lower("mees") == [("mees", "name:mees")]


def test_what_leads_to_somebody_without_a_name() -> None:
    text = (
        "Op t.vdb@lyceum.nl, @f.elamr, tim_x1 en snapjong2011, https://snap.example/u/12, insta.com/pim; "
        "bel 06-1234 5678, +31 6 12345678 of 0161-234567 (nr 123456782). Op 03-11-2026 14:30, 2026-11-03, "
        "lokaal 2.13, 3B, mp3, foto_1.jpg, ja/nee, 1234 AB, 10.000.000 en 112."
    )
    found = [text[start:end] for start, end in signs(text)]
    assert found == [
        *("t.vdb@lyceum.nl", "@f.elamr", "tim_x1", "snapjong2011", "https://snap.example/u/12", "insta.com/pim"),
        *("06-1234 5678", "+31 6 12345678", "0161-234567", "123456782"),
    ]
    kinds = [*("mail", "account", "account", "account", "link", "link"), *["number"] * 4]
    assert [kind_of(one) for one in found] == kinds
    assert (kind_of("tas"), kind_of("Bram P."), kind_of("van den Berg")) == ("", "", "")
    hand = Names([], [(found[0], "x"), (found[6], "y"), ("123456782", KEEP)])
    assert told("T.VDB@lyceum.nl en xt.vdb@lyceum.nl, 06-1234 5678", hand) == "<x> en xt.vdb@lyceum.nl, <y>"


def test_what_in_a_description_may_be_a_name() -> None:
    assert names_within("Een broer van Bram van den Berg met een rode jas") == ["Bram van den Berg"]
    assert names_within("Moeder van Sem uit 3B") == ["Sem"]
    assert names_within("een jongen van buiten de school") == []


def test_initials_that_stand_alone_are_pointed_out() -> None:
    text = "Het waren K.J. en M. de V., N.v.d.Z. ook. In groep 3B. De juf o.a. i.p.v. J. Groot. Hij is A. Ik niet."
    assert [text[start:end] for start, end in alone(text)] == ["K.J", "M. de V", "N.v.d.Z"]


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
