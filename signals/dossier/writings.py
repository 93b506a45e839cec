"""In which ways a name is written, and what in a text may be a name that nobody gave. No Django, no database."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SHORTEST = 3  # letters of a name that is also found in lower case
PARTICLES = _set("van der den de het t ten ter el al ben bin von la le du da di dos das op in te aan zu y ibn abu ould")
# Names that are words as well: these are only taken for a name when they have a capital.
ORDINARY = _set(
    """
    aan ad al an april augustus bakker bas beek beer ben berg bes blauw bloem blom bo bob boer bos brink bruin bruine
    dal dam dan dijk door ed els faith fleur floor gaven geel goed graaf grace groen groot groote haan haas hart haven
    heide held hen hert hoek hof hond hope huis ian iris jade jan jas jasmijn jet job jong jonge joy juli juni kamp kat
    keizer kerk kok koning kort korte koster kramer kuiper laan lach lam lang lange leeuw lente lies lieve lot los lynx
    mark max meer mees mei meis merel mies molen molenaar mol mooi moor muis mulder noord nova olijf oost paard peer
    pen pip poel poort post prins puk put rang raven rein ren rijk robijn roei rood roos rosa rozen ruiter schilder
    schipper slager smal smid snijder snoek spin stam steen ster sterk sterre stil storm tijm timmerman ties ton toon
    top tuin valk veen veld visser vlinder vogel vos vroom wees weg werf west wever wijs wil wild winter wit witte wolf
    zand zee zomer zon zuid zus zwart zwarte
    """
)
SPECIAL = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ĳ": "ij"}
# With a capital, and no name: what a sentence begins with, and what is written so.
NO_NAMES = _set(
    """
    aan achteraf afgelopen al alle allebei als altijd andere beide begin bij collega conciërge daar daarbij daarna
    daarom dan dat de deze die dinsdag dit docent doen donderdag door dus echter een eerder eerst eigenlijk en enkele er
    eventueel gesprek gisteren groep haar had heb hebben heeft het hierna hij hoe hoewel hun ik in inmiddels is
    iedereen iemand ja je juf kan klas klasgenoten leerling leerlingen maandag maar medeleerlingen meerdere meester
    men mentor met mijn moeder moet morgen na naar naast nadat nee niemand niet nog nu of om omdat onder ondanks
    ons onze ook op opa oma ouder ouders over pauze politie ruim school sinds soms straks te team tegen terwijl tijdens
    toch toen tot tussen twee uit vader van vandaag vanmiddag vanmorgen vanochtend vanuit veel verder vervolgens
    volgende volgens voor voordat vorige vrijdag waar waarna waarom waarschijnlijk wanneer want was wat we wel
    werd wie wij woensdag ze zaterdag zelf zij zijn zo zodra zondag zonder zou
    a after also an and as at because before but by dear during father first for from he her his i if it later many
    monday mother my no not on one our parents pupil pupils she since some student students teacher that the then there
    they this thursday today tuesday two until we wednesday when while with yesterday friday saturday sunday
    januari februari maart april mei juni juli augustus september oktober november december january february march may
    june july august october kerst pasen sinterklaas nederland nederlands nederlandse engels engelse duits duitse frans
    franse dutch english german french instagram snapchat whatsapp tiktok telegram discord youtube facebook google
    magister somtoday parnassys teams veilig thuis wijkagent leerplicht jeugdzorg gemeente vwo havo vmbo mbo
    """
)


START = re.compile(r"(?:\A|[.!?…:;\n]|\A\W+)[\s\"'“”„‘’(\-–—•*]*\Z")  # what stands before the first word of a sentence

LETTERS = re.compile(r"[^\W\d_]+")
PLAIN = re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ɏ‘’“”„–—…•€ ]*")


@dataclass(frozen=True, slots=True)
class Word:
    """Letters that stand together. text: without case and accents; start, end: where it stands; capital: the first."""

    text: str
    start: int
    end: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """One way in which somebody may be written. capital: only with a capital; initials: letters that may follow."""

    words: tuple[str, ...]
    capital: bool = False
    initials: str = ""


@lru_cache(maxsize=4096)
def folded(sign: str) -> str:
    """A sign without case and accents; empty for what can't be seen."""
    plain = SPECIAL.get(sign.lower(), sign)
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(one for one in parts if not _unseen(one)).casefold()


def _unseen(sign: str) -> bool:
    return bool(unicodedata.combining(sign)) or unicodedata.category(sign) in ("Cf", "Mn")


def words_of(text: str) -> list[Word]:
    """The words of a text; digits and signs end a word, what can't be seen does not."""
    return _plain_words(text) if PLAIN.fullmatch(text) else _any_words(text)


def _plain_words(text: str) -> list[Word]:
    """Of a text with nothing unusual in it: a tenth of the time."""
    found = []
    for run in LETTERS.finditer(text):
        raw = run.group()
        plain = raw.lower() if raw.isascii() else "".join(map(folded, raw))
        found.append(Word(plain, run.start(), run.end(), raw[0].lower() != raw[0]))
    return found


def _any_words(text: str) -> list[Word]:
    """Sign by sign."""
    found: list[Word] = []
    letters, start, end = "", 0, 0
    for at, sign in enumerate(f"{text} "):
        plain = folded(sign)
        if plain.isalpha():
            start = at if not letters else start
            letters, end = letters + plain, at + 1
        elif plain == "" and letters:
            end = at + 1
        elif letters:
            found.append(Word(letters, start, end, text[start].lower() != text[start]))
            letters = ""
    return found


@lru_cache(maxsize=8192)
def writings(name: str, *, close: bool) -> tuple[Writing, ...]:
    """Every way in which a name is looked for.

    Args:
        name: as it stands on a list: "Fatima el Amrani", or "Amrani, Fatima el".
        close: of somebody in the case, so that each part of the name counts in lower case too. Of who is only on a
            list of the school a family name alone needs a capital, or a third of all texts would go.
    """
    given, family = _parts(name)
    if not given:
        return ()
    found = dict.fromkeys(_whole(given, family))
    core = _core(family)
    for last in dict.fromkeys((family, core)):
        if len(last) > 1:
            found[Writing(last, _needs_capital(last, close=close))] = None
    letters = "".join(sorted({word[0] for word in (*family[:1], *core[:1])}))
    for part in dict.fromkeys((*given, *core)):
        capital = _needs_capital((part,), close=close or part == given[0])
        found[Writing((part,), capital, letters if part in given else "")] = None
    return tuple(found)


def _needs_capital(words: tuple[str, ...], *, close: bool) -> bool:
    return not close or len("".join(words)) < SHORTEST or bool(ORDINARY.intersection(words))


def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given names and family name, each as words."""
    name = re.sub(r"\([^)]*\)", " ", name)
    if "," in name:
        last, _comma, rest = name.partition(",")
        name = f"{rest} {last}"
    tokens = [words for words in (tuple(word.text for word in words_of(token)) for token in name.split()) if words]
    if not tokens:
        return (), ()
    starts = [at for at, words in enumerate(tokens) if at and words[0] in PARTICLES]
    cut = starts[0] if starts else max(1, len(tokens) - 1)
    flat = [tuple(word for words in part for word in words) for part in (tokens[:cut], tokens[cut:])]
    return flat[0], flat[1]


def _core(family: tuple[str, ...]) -> tuple[str, ...]:
    """A family name without "van der" and the like."""
    return tuple(word for word in family if word not in PARTICLES)


def _whole(given: tuple[str, ...], family: tuple[str, ...]) -> Iterable[Writing]:
    """The name as a whole: in both orders, with an initial, written together."""
    core, first = _core(family), given[0]
    if len(given) > 1:
        yield from (Writing(given), Writing(("".join(given),)))
    for last in dict.fromkeys(part for part in (family, core) if part):
        yield from (
            Writing((*given, *last)),
            Writing((first, *last)),
            Writing((*last, *given)),
            Writing((*last, first)),
        )
        yield from (Writing((first + "".join(last),)), Writing(("".join(last) + first,)))
        yield Writing((first[0], *last), capital=True)
        yield Writing((*last, first[0]), capital=True)
        if len(given) > 1:
            yield Writing(("".join(word[0] for word in given), *last), capital=True)
        if len("".join(last)) >= SHORTEST:
            yield from (Writing((first[0] + "".join(last),)), Writing((first[0], "".join(last))))
    particles = family[: len(family) - len(core)]
    if core and particles and family == (*particles, *core):
        yield Writing((*core, *given, *particles))


def capitals(text: str, taken: Collection[tuple[int, int]], usual: Collection[str] = ()) -> list[str]:
    """What has a capital and may be a name that nobody gave; words that follow each other together.

    Args:
        taken: where a name that is known stands already, from and until.
        usual: words that are also written without a capital; at the beginning of a sentence they are no name.
    """
    found, run = [], list[Word]()
    for word in words_of(text):
        inside = any(start <= word.start < end for start, end in taken)
        fits = word.capital and not inside and _may_be(text, word, usual)
        follows = bool(run) and text[run[-1].end : word.start] in (" ", "-")
        if run and not (fits and follows):
            found.append(text[run[0].start : run[-1].end])
            run = []
        if fits:
            run.append(word)
    return [*found, *([text[run[0].start : run[-1].end]] if run else [])]


def _may_be(text: str, word: Word, usual: Collection[str]) -> bool:
    """Not a word that sentences begin with or that is always written so, nor a short one in capitals alone."""
    raw = text[word.start : word.end]
    if word.text in NO_NAMES or len(word.text) < SHORTEST - 1 or (raw.isupper() and len(raw) < 5):
        return False
    return word.text not in usual or not START.search(text[max(0, word.start - 6) : word.start])
