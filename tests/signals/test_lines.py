"""The sentences that can be picked: an initial is no end of a sentence, a quotation or a new line is."""

import pytest

from signals.lines import SENTENCE


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Hij sloeg haar. Zij huilde!", ["Hij sloeg haar.", "Zij huilde!"]),
        ("Ik sprak met J. de Boer. Hij komt.", ["Ik sprak met J. de Boer.", "Hij komt."]),
        ('Zij zei: "Ik ga weg." Toen ging ze.', ['Zij zei: "Ik ga weg."', "Toen ging ze."]),
        ("Eerst dit\n\nen dan dat", ["Eerst dit", "en dan dat"]),
    ],
)
def test_sentences(text: str, lines: list[str]) -> None:
    assert SENTENCE.split(text) == lines
