"""The words that give a hint while writing, and the names that may not stay in a report without a name."""

import pytest

from signals.writing import BEFORE_OTHERS, NAME, NO_NAMES, TEXTS, WORDS, hints, names_in


def test_every_kind_has_words_and_says_what_to_do() -> None:
    assert set(TEXTS) == {NAME, *WORDS}
    for line in TEXTS.values():
        assert "{word}" in str(line)
        assert len(str(line)) < 120


def test_every_word_stands_once_and_is_one_word() -> None:
    words = [word for row in WORDS.values() for word in row]
    assert len({word.lower() for word in words}) == len(words)
    assert [word for word in words if " " in word or len(word) < 3] == []
    assert len(set(NO_NAMES)) == len(NO_NAMES)
    assert all(word == word.lower() for word in BEFORE_OTHERS)


@pytest.mark.parametrize("word", ["christian", "frans", "pool", "links", "rechts", "turk", "kerk", "zwart", "wit"])
def test_a_word_that_is_also_a_name_or_something_else_gives_no_hint(word: str) -> None:
    assert word not in {one.lower() for row in WORDS.values() for one in row}


def test_the_page_gets_all_of_it() -> None:
    kinds = {row["kind"]: row for row in hints()["kinds"]}
    assert kinds["always"]["words"] == ["altijd", "nooit", "always", "never"]
    assert kinds["name"]["words"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Zij riep dat noor weg moest.", ["noor"]),
        ("Mevrouw Van der Zand was erbij, in de noordgang.", ["Van der Zand"]),
        ("Noortje, nóór en NOORS tas; bij noor.vdzand@live.nl", ["Noortje", "nóór", "NOORS", "noor.vdzand@live.nl"]),
        ("Er lag zand op het plein.", ["zand"]),
        ("De leerling zei dat van der weg was.", []),
        ("N.v.d.Z. zei niets.", []),
    ],
)
def test_a_name_is_found_as_a_whole_word(text: str, found: list[str]) -> None:
    assert names_in(text, "Noor van der Zand") == found


def test_of_a_description_every_word_counts_but_for_those_of_any_text() -> None:
    text = "Een broer van bram, in een jas, sloeg met de tas van Brammetje."
    assert names_in(text, "Een broer van Bram met een pet", described=True) == ["bram", "Brammetje", "broer"]
    assert names_in("Sander riep, en de la viel.", "Alexander (Sander) de La") == ["Sander"]
