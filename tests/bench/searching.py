"""A search through all that was written at a school with 2,000 cases, which are opened for it one by one."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import School, User
from signals.models import Case, Note, Person, Signal, Step, StepOutcome
from tests.bench import requests
from tests.bench.measure import Variant, compare
from tests.bench.settling import settle
from tests.bench.table import Line
from tests.bench.world import Scene
from tests.conftest import join, person

CASES, NOTES = 2000, 2
MOST = 300  # ms
RARE = "één blauwe vlek bij het oor"
SPOKEN = """
de het een van en in op met zij hij was niet naar school moeder vader gesprek vandaag gisteren pauze klas groep mentor
leerling zegt vertelt stil boos verdrietig huilde gang fiets telefoon foto's appgroep thuis bang slapen gegeten koud jas
arm café Zoë Daniël ruzie geschopt geduwd gescholden alleen vriendin vriend oudere broer zus afwezig verzuim te laat
gebeld afspraak huisarts wijkteam leerplicht volgende week opnieuw rustig geluisterd
"""
WORDS = SPOKEN.split()


def lines(scene: Scene) -> Iterator[Line]:
    """Build the school, then search in it for what stands in three cases, in none, and in all."""
    handler = build(scene)
    settle()
    answer, browser = requests.product(), requests.Browser(handler)
    path = reverse("signals:case-search")

    def search(words: str) -> Any:
        return lambda times: [browser.post(path, {"q": words}) for _ in range(times)]

    page = answer(browser.post(path, {"q": "EEN blauwe vlek"})).content.decode()
    if (hits := page.count('class="case-row')) != 3:
        raise RuntimeError(f"The search found {hits} cases instead of 3.")
    found = {
        "words of three cases": Variant(answer, search("een blauwe vlek")),
        "words of none": Variant(answer, search("xylofoon")),
        "a word of all": Variant(answer, search("moeder")),
    }
    compare(found, count=1, rounds=5)
    for name, variant in found.items():
        yield Line(f"search 2,000 cases: {name}", variant.milliseconds, "ms", most=MOST)


@transaction.atomic
def build(scene: Scene) -> User:
    """A school of its own beside the other. Returns who handles its cases."""
    board = scene.case.board
    school = School.objects.create(board=board, name="De Grote School", sector="vo", municipality="Merendal")
    handler = person("zoeker")
    join(handler, "coordinator", school)
    now, chance, number = timezone.now(), random.Random(7), count()  # noqa: S311 - texts, no secrets
    place = {"board": board, "school": school, "concern": "bullying", "subject_role": "pupil"}
    cases = Case.objects.bulk_create(Case(**place, created_at=now) for _ in range(CASES))
    first = Signal.objects.filter(case=scene.case).get()
    reports = Signal.objects.bulk_create(_report(first, case, chance, next(number) % 700 == 5) for case in cases)
    Person.objects.bulk_create(Person(signal=one, role="subject", description=_text(chance, 4)) for one in reports)
    Note.objects.bulk_create(
        Note(case=case, author=handler, text=_text(chance, 60), key=uuid4(), created_at=now)
        for case in cases
        for _ in range(NOTES)
    )
    model = Step.objects.filter(signal=first)[0]
    steps = Step.objects.bulk_create(_step(model, one) for one in reports)
    StepOutcome.objects.bulk_create(
        StepOutcome(
            step=step,
            kind="done",
            happened_at=now - timedelta(hours=1),
            by_whom="Carla Coördinator",
            with_whom="De leerplichtambtenaar",
            shared=_text(chance, 50),
            reason=_text(chance, 20),
            recorded_by=handler,
            recorded_at=now,
        )
        for step in steps
    )
    return handler


def _report(first: Signal, case: Case, chance: random.Random, rare: bool) -> Signal:
    """About a page in all, as teachers write."""
    return Signal(
        case=case,
        key=case.reference,
        school=case.school,
        author=first.author,
        concern=case.concern,
        subject_role=case.subject_role,
        observed=_text(chance, 150) + (RARE if rare else ""),
        told=_text(chance, 70),
        opinion=_text(chance, 40),
        against=_text(chance, 20),
        facts=first.facts,
        protocol=first.protocol,
        happened_on=first.happened_on,
        known_on=first.known_on,
        entered_at=case.created_at,
    )


def _step(model: Step, report: Signal) -> Step:
    kept = ("position", "recipient", "obligation", "basis", "urgency", "actor", "rules", "why_nl", "why_en", "source")
    values = {name: getattr(model, name) for name in kept}
    return Step(signal=report, case=report.case, due_at=model.due_at, state="done", **values)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)) + ". "
