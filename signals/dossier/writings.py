"""In which ways a name is written, and what in a text may be a name that nobody gave. No Django, no database."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from accounts.folding import SPECIAL


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SHORTEST = 3  # letters of a name that is also found in lower case
PARTICLES = _set("van der den de het t ten ter el al ben bin von la le du da di dos das op in te aan zu y ibn abu ould")
SHORTENED = _set("van der den de het t ten ter")  # of which one writes the first letters: "v.d. Berg"
BRACKETS = re.compile(r"\([^)]*\)")
# Names that are words as well: these are only taken for a name when they have a capital.
ORDINARY = _set(
    """
    aan ad al an april art augustus bakker bas beek beer ben berg bes blauw bloem blom bo bob boer bos brink bruin
    bruine dal dam dan dijk door ed els faith fleur floor gaven geel goed graaf grace groen groot groote haan haas
    hart haven heide held hen hert hoek hof hond hope huis ian iris jade jan jas jasmijn jet job jong jonge joy juli
    juni kamp kas kat keizer kerk kit klaar kok koning kort korte koster kramer kuiper laan lach lam lang lange leen
    leeuw lente lies lieve linde los lot lynx maan man mark max meer mees mei meis merel mies mol molen molenaar
    mooi moor muis mulder noord nova olijf oost paard peer pen pier pip poel poort post prins puk put rang raven
    rein ren riet rijk robijn roei rood roos rosa rozen ruiter schilder schipper slager smal smid snijder snoek spin
    stam star steen ster sterk sterre stil storm tien ties tijm timmerman ton toon top tuin valk veen veld visser
    vlinder vogel vos vroom wees weg werf west wever wijs wil wild winter wit witte wolf zand zee zomer zon zuid zus
    zwart zwarte
    """
)
# With a capital, and no name: what a sentence begins with, and what is written so.
NO_NAMES = _set(
    """
    aan achteraf afgelopen al alle allebei alles als altijd ander andere anders beide begin bij collega conciërge
    daar daarbij daarna daarom dan dat de deze die dinsdag dit docent doen donderdag door dus echter een eerder
    eerst eigenlijk elke en enkele er eventueel gesprek gisteren groep haar had heb hebben heeft het hierna hij hoe
    hoewel hun iets ik in inmiddels is iedereen iemand ja je juf kan klas klasgenoten leerling leerlingen maandag
    maar medeleerlingen mee meerdere meester men mens mentor met mijn moeder moet morgen na naar naast nadat nee
    niemand niet niks nog nu of om omdat onder ondanks ons onze ook op opa oma ouder per ouders over pauze politie
    ruim school sinds soms straks te team tegen terwijl tijdens toch toen tot tussen twee uit vader van vandaag
    vanmiddag vanmorgen vanochtend vanuit veel verder vervolgens volgende volgens voor voordat vorige vrijdag waar
    waarna waarom waarschijnlijk wanneer want was wat we wel werd wie wij woensdag ze zaterdag zelf zij zijn zo
    zodra zondag zonder zou
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
CAPITAL = r"\b[^\W\d_a-z][\w'’-]*"
NAMES = re.compile(rf"{CAPITAL}(?:\s+(?:(?:{'|'.join(sorted(PARTICLES))})\s+)*{CAPITAL})*")
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
    """One way in which somebody may be written. capital: only with a capital; initials: letters that may follow.

    asked: without the capital it is asked about, also of who is only on a list of the school.
    """

    words: tuple[str, ...]
    capital: bool = False
    initials: str = ""
    asked: bool = False


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
    given, family = _parts(BRACKETS.sub(" ", name))
    if not given:
        return ()
    called = [(word,) for word in _called(name)]
    return tuple(dict.fromkeys(row for part in (given, *called) for row in _all(part, family, close=close)))


def names_within(description: str) -> list[str]:
    """What in a description may be a name: words with a capital, but for what sentences begin with."""
    found = []
    for run in NAMES.findall(description):
        words = run.split()
        while words and words[0].lower() in NO_NAMES | PARTICLES:
            words.pop(0)
        found += [" ".join(words)] if words else []
    return found


def _all(given: tuple[str, ...], family: tuple[str, ...], *, close: bool) -> Iterable[Writing]:
    """As a whole, and in parts."""
    yield from _whole(given, family)
    core = _core(family)
    for last in _lasts(family):
        if len(last) > 1:
            together = ("".join(last),)
            yield Writing(last, _needs_capital(last, close=close))
            yield Writing(together, _needs_capital(together, close=close), asked=True)
    letters = "".join(sorted({word[0] for word in (*family[:1], *core[:1])}))
    for part in dict.fromkeys((*given, *core)):
        capital = _needs_capital((part,), close=close or part == given[0])
        asked = part in given and len(part) > 1 and (part == given[0] or part not in PARTICLES)
        yield Writing((part,), capital, letters if part in given else "", asked)


def _needs_capital(words: tuple[str, ...], *, close: bool) -> bool:
    return not close or len("".join(words)) < SHORTEST or not (ORDINARY | NO_NAMES).isdisjoint(words)


def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given names and family name, each as words."""
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


def _called(name: str) -> list[str]:
    """What stands in brackets beside a name, "Alexander (Sander) Jansen": how somebody is called every day."""
    inside = [word for part in BRACKETS.findall(name) for word in words_of(part)]
    plainly = name == name.lower()  # a list without any capital
    may_be = [word.text for word in inside if word.capital or plainly]
    return [word for word in may_be if len(word) >= SHORTEST - 1 and word not in NO_NAMES | PARTICLES]


def _lasts(family: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A family name, without "van der" and the like, and with those in short: "vd Berg", "v.d. Berg"."""
    core = _core(family)
    lead = family[: len(family) - len(core)]
    short = tuple(word[0] for word in lead)
    shortened = bool(core and lead) and family == (*lead, *core) and SHORTENED.issuperset(lead)
    forms = [family, core, *([("".join(short), *core), (*short, *core)] if shortened else [])]
    return list(dict.fromkeys(form for form in forms if form))


def _core(family: tuple[str, ...]) -> tuple[str, ...]:
    """A family name without "van der" and the like."""
    return tuple(word for word in family if word not in PARTICLES)


def _whole(given: tuple[str, ...], family: tuple[str, ...]) -> Iterable[Writing]:
    """The name as a whole: in both orders, with an initial, written together."""
    core, first = _core(family), given[0]
    if len(given) > 1:
        yield from (Writing(given), Writing(("".join(given),)))
    for last in _lasts(family):
        together = "".join(last)
        for part in dict.fromkeys(((*given, *last), (first, *last), (*last, *given), (*last, first))):
            yield Writing(part)
        yield from (Writing((first + together,)), Writing((together + first,)))
        yield from (Writing((first[0], *last), capital=True), Writing((*last, first[0]), capital=True))
        if len(last) > 1:
            yield Writing((first, together))
        if len(given) > 1:
            yield Writing(("".join(word[0] for word in given), *last), capital=True)
        if len(together) >= SHORTEST:
            yield from (Writing((first[0] + together,)), Writing((first[0], together)))
    particles = family[: len(family) - len(core)]
    if core and particles and family == (*particles, *core):
        yield Writing((*core, *given, *particles))
        if len(first) >= SHORTEST and SHORTENED.issuperset(particles):
            yield Writing((first + "".join(word[0] for word in (*particles, *core)),))  # "timvdb"


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
