"""The hints that somebody gets while writing: words as data, each with the reason and with what to do instead.

The browser looks for them in what is typed (`static/js/writing.js`); no text leaves the machine for it, and no hint
stops anybody. A word in lower case is taken for a name when it has a capital within a sentence ("Van Nooit"); a word
that stands here with a capital is always written so.
"""

import re
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from signals.dossier.names import Names, Near
from signals.dossier.writings import NO_NAMES as SENTENCES
from signals.dossier.writings import names_within, words_of, writings

NAME, ALWAYS, BELIEF, ORIGIN, POLITICS = "name", "always", "belief", "origin", "politics"

# In Dutch and in English, whatever the language of the screen: teachers write both.
WORDS: dict[str, tuple[str, ...]] = {
    ALWAYS: ("altijd", "nooit", "always", "never"),
    BELIEF: (
        *("islam", "islamitisch", "islamitische", "moslim", "moslims", "moslima", "christen", "christenen"),
        *("christelijk", "christelijke", "katholiek", "katholieke", "protestants", "gereformeerd", "joods", "joodse"),
        *("jodendom", "hindoe", "boeddhist", "atheïst", "gelovig", "gelovige", "geloof", "moskee", "synagoge"),
        *("hoofddoek", "koran", "ramadan", "Muslim", "Muslims", "Islamic", "Jewish", "Catholic", "Protestant", "Hindu"),
        *("Buddhist", "atheist", "mosque", "synagogue", "headscarf", "religion", "religious", "Quran"),
    ),
    ORIGIN: (
        *("allochtoon", "allochtone", "autochtoon", "afkomst", "etniciteit", "Marokkaan", "Marokkaanse", "Marokkanen"),
        *("Turkse", "Turken", "Surinamer", "Surinaamse", "Antilliaan", "Antilliaanse", "Syriër", "Syrische"),
        *("Somaliër", "Somalische", "Afghaan", "Afghaanse", "asielzoeker", "vluchteling", "Moroccan", "Turkish"),
        *("Surinamese", "Antillean", "Syrian", "Somali", "Afghan", "ethnicity", "immigrant", "refugee"),
    ),
    POLITICS: (
        *("politiek", "politieke", "extreemrechts", "extreemlinks", "linksextremist", "rechtsextremist", "PVV", "VVD"),
        *("GroenLinks", "D66", "CDA", "BBB", "political", "politics", "leftist", "far-right", "far-left"),
    ),
}

TEXTS: dict[str, Promise] = {
    NAME: _("Is “{word}” the name of another child? Initials are enough, such as “J.d.V.”."),
    ALWAYS: _("“{word}” is hard to check. Write how often, or when the last time was."),
    BELIEF: _("“{word}” is about belief. Leave it out, unless it was said or is needed to follow what happened."),
    ORIGIN: _("“{word}” is about origin. Leave it out, unless it was said or is needed to follow what happened."),
    POLITICS: _("“{word}” is about politics. Leave it out, unless it was said or is needed to follow what happened."),
}

# What a capital within a sentence does not make the name of a child.
NO_NAMES = tuple(
    re.split(
        r"\s+",
        "Nederland Nederlands Engels Duits Frans Latijn Grieks Spaans English Dutch German French "
        "Spanish Latin Greek Instagram Snapchat Whatsapp WhatsApp Tiktok TikTok Telegram Discord "
        "YouTube Youtube Facebook Google Magister Somtoday Teams Veilig Thuis Monday Tuesday Wednesday "
        "Thursday Friday Saturday Sunday January February March April May June July August September "
        "October November December Kerst Pasen Sinterklaas Internet Christmas Easter",
    )
)
# After these a word with a capital is a colleague or a place: "mevrouw Bakker", "in Zwolle".
BEFORE_OTHERS = (
    *("meneer", "mevrouw", "juf", "juffrouw", "meester", "dhr", "mw", "mr", "mrs", "ms", "miss", "in", "te", "uit"),
    *("collega", "mentor", "docent", "coach", "teacher", "colleague", "school", "group", "groep", "klas", "year"),
)
PARTICLES = frozenset({"van", "der", "den", "de", "het", "ten", "ter", "el", "al", "ben", "von", "la", "le", "du"})
SHORTEST = 3


def for_browser() -> str:
    """Everything the script needs, in the language of the screen: an element of its own in the page."""
    return _script(get_language())


@lru_cache
def _script(_language: str | None) -> str:
    return json_script(hints(), "writing-hints")


def hints() -> dict[str, Any]:
    """What there is to say, and at which words."""
    return {
        "kinds": [
            {"kind": kind, "text": str(text), "words": list(WORDS.get(kind, ()))} for kind, text in TEXTS.items()
        ],
        "putAway": gettext("Put this hint away"),
        "noNames": list(NO_NAMES),
        "beforeOthers": list(BEFORE_OTHERS),
    }


def names_in(text: str, name: str, *, described: bool = False) -> list[str]:
    """Words of a text by which somebody is called, in whatever way: see signals.dossier.names.

    Args:
        described: the name is a description; every word of it counts, but for those that are in any text.
    """
    known = names_within(name) if described else [name]
    names = Names((one, "x", Near.CLOSE) for part in known for one in writings(part, close=True))
    found = [text[match.start : match.end] for match in names.matches(text)]
    loose = {word for word, _who in names.lower(text)} | (
        {word.text for word in words_of(name)} if described else set()
    )
    loose -= PARTICLES | SENTENCES
    found += [word.text for word in words_of(text) if word.text in loose and len(word.text) >= SHORTEST]
    return list(dict.fromkeys(found))
