"""The concern form of an exercise: the same questions, about invented people."""

from typing import Any

from accounts.models import School, User
from signals.forms.concern import ConcernForm
from signals.forms.paper import FIELDS
from signals.people import Found
from signals.practice import invented


class PracticeForm(ConcernForm):
    """The concern form for the invented school; nothing comes from paper there."""

    def __init__(self, *args: Any, user: User, sector: str, **kwargs: Any) -> None:
        self.sector = sector
        super().__init__(*args, user=user, schools=[invented.school(sector)], **kwargs)

    def find(self, value: str) -> Found | None:
        return invented.find(value, self.sector)

    def fit_paper(self, *, schools: list[School], user: User) -> None:
        for name in FIELDS:
            del self.fields[name]
