"""What the process of one database does when it is asked."""

from typing import Any

from accounts.models import Pupil, School, User
from signals.paging import PAGE
from tests.bench import pages as product
from tests.bench.measure import Clock
from tests.bench.scale.build import build, counts, to_stderr
from tests.bench.scale.looking import Desk, Seen, slow_parts
from tests.bench.scale.pages import pages
from tests.bench.scale.shape import COORDINATOR, TEACHER, Shape
from tests.bench.settling import settle
from tests.bench.world import Scene, reports
from tests.conftest import send


class Far:
    """The far end of a Side."""

    def __init__(self, shape: dict[str, Any]) -> None:
        self.shape = Shape(**shape)
        self.pages = {page.name: page for page in pages(self.shape, PAGE)}
        self.desks: dict[str, Desk] = {}

    def build(self) -> dict[str, int]:
        """Fill it. Returns the rows by model."""
        build(self.shape, to_stderr)
        settle()
        self.open()
        return counts()

    def open(self) -> None:
        """Log everybody in."""
        self.desks = {name: Desk(page) for name, page in self.pages.items()}
        self.clock = Clock()

    def names(self) -> dict[str, bool]:
        """The pages, and whether they have a limit."""
        return {name: page.limited for name, page in self.pages.items()}

    def shown(self, name: str) -> Seen:
        return self.desks[name].shown()

    def cost(self, name: str, count: int) -> tuple[float, float]:
        return self.desks[name].cost(self.clock, count)

    def slow_parts(self, name: str) -> list[str]:
        return slow_parts(self.desks[name].asked())

    def ratios(self, cases: str) -> list[dict[str, Any]]:
        """What the pages of the product cost over bare ones, in this database; the lines as dictionaries."""
        school = School.objects.select_related("board").get(pk=1)
        written = reports(school, list(Pupil.objects.filter(school=school).order_by("pk")))
        handler, author = User.objects.get(pk=COORDINATOR), User.objects.get(pk=TEACHER)
        scene = Scene(handler, author, send(author, next(written)).case, written)
        return [line.as_dict() for line in product.lines(scene, cases)]

    def sees_all(self) -> bool:
        return self.clock.sees_all
