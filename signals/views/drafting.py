"""What keeps a half-written report: the form sends it by itself, and of two open forms none overwrites the other."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.grants import schools_to_write_for
from accounts.guard import guard
from accounts.idle import quiet
from accounts.models import User
from accounts.references import is_reference
from accounts.requests import person
from accounts.roles import Permission
from escalation.facts import parse_facts
from signals import access
from signals.answers import facts_of_writer, questions_of
from signals.forms.concern import ConcernForm
from signals.forms.facts import answers_that_changed, questions_form
from signals.models import Draft, Signal
from signals.services.drafts import DraftChangedError, Source
from signals.services.drafts import draft_keep as keep
from signals.services.sending import signal_called
from signals.unnamed import is_offered

CONFLICT, UNPROCESSABLE = 409, 422
LONGEST = 100_000  # characters of one field; the form itself says when a box is too full
TURNS = 1_000_000
RECENT = 5
WORDS = ("observed", "told", "opinion", "against", "subject_description")
SAME = ("concern", "observed", "told", "opinion", "against", "happened_on", "happened_time", "known_on", "known_time")
ANSWERED_TOO_LATE = gettext_lazy(
    "This report was sent already, with other answers. What you answered now is not recorded: add it below, where you "
    "can change your answers."
)
BOXES = ("subject_description", "concern", "observed", "told", "opinion", "against", "happened_on", "known_on")


def source_of(request: HttpRequest) -> Source | None:
    """Which open form sent this, by its hidden fields; None for one that came from elsewhere."""
    page = request.POST.get("page", "")
    return Source(page, request.POST.get("seen", "")[:20], turn_of(request)) if is_reference(page) else None


def turn_of(request: HttpRequest) -> int:
    """How many times the open form had kept something by itself."""
    turn = request.POST.get("turn", "")[:9]
    return min(int(turn), TURNS) if turn.isascii() and turn.isdigit() else 0


@quiet
@guard(Permission.SIGNAL_WRITE)
@require_POST
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands in an open form. The page asks this by itself; it answers when, or why not."""
    user, key, source = person(request), request.POST.get("key", ""), source_of(request)
    if source is None or not is_reference(key):
        return JsonResponse({"problem": _("This can't be kept. Press “Keep as a draft”.")}, status=UNPROCESSABLE)
    if access.sent_as(user, key):
        return JsonResponse({"problem": _("This report was sent already.")}, status=CONFLICT)
    typed = _typed(request)
    if not any(typed.get(name, "").strip() for name in WORDS):
        return JsonResponse({})
    found = access.kept_as(user, key)
    try:
        kept = keep(by=user, draft=found, data=typed, key=key, source=source)
    except DraftChangedError:
        text = _("You also write this on another screen. Press “Keep as a draft” here to see both and choose.")
        return JsonResponse({"problem": text}, status=CONFLICT)
    at = timezone.localtime(kept.updated_at)
    url = reverse("signals:draft", args=[kept.reference])
    words = _("Kept at %(time)s. Only you can see it.") % {"time": f"{at:%H:%M}"}
    return JsonResponse({"words": words, "key": kept.reference, "url": url})


def draft_or_report(user: User, reference: str) -> Draft | Signal:
    """The draft, or the report it became. In this order: a second click may fall in between."""
    if kept := access.kept_as(user, reference):
        return kept
    return access.sent_as(user, reference) or access.own_draft(user, reference)


def newest(drafts: QuerySet[Draft]) -> Draft | None:
    """The one of these drafts that was written last; one that holds nothing but a call to 112 is none."""
    return next((draft for draft in drafts.order_by("-updated_at")[:RECENT] if draft.data), None)


def _typed(request: HttpRequest) -> dict[str, str]:
    """As it was typed, right or wrong: the form asks about it when somebody goes on."""
    user = person(request)
    form = ConcernForm(request.POST, user=user, schools=schools_to_write_for(user), partial=True)
    return {name: request.POST.get(name, "")[:LONGEST].replace("\x00", "") for name in form.fields}


def says_more(request: HttpRequest, sent: Signal) -> bool:
    """Whether an open form holds anything that the report it became does not: in any box, or by what was chosen."""
    user = person(request)
    form = ConcernForm(request.POST, user=user, schools=schools_to_write_for(user), partial=True)
    form.is_valid()
    typed = {**request.POST.dict(), **form.cleaned_data}
    found, about = form.cleaned_data.get("person"), next(iter(sent.people.all()))
    compared = [(typed.get(name), getattr(sent, name)) for name in SAME]
    if not _may_leave_name_out(sent):
        compared += [(found.pupil, about.pupil), (found.user, about.user)] if found else []
        compared += [(typed.get("subject_description"), about.description)] if not found else []
    return any(here and here != there for here, there in compared)


def _may_leave_name_out(sent: Signal) -> bool:
    """Then the report may hold other words for whom it is about, and the name may not come back by a second click."""
    return is_offered(parse_facts(sent.facts))


def answers_more(request: HttpRequest, sent: Signal) -> bool:
    """Whether the second page holds another answer than its writer gave with the report that was sent meanwhile."""
    known = facts_of_writer(sent)
    asked = questions_of(sent, known)
    form = questions_form(known, asked, request.POST)
    return not access.is_shut(sent) and form.is_valid() and bool(answers_that_changed(known, asked, form))


def call_of(user: User, key: str, at: datetime | None) -> None:
    """A call to 112 stands with the report when its draft was sent, be it by a click at this very moment."""
    if at and (sent := access.sent_as(user, key)):
        signal_called(by=user, signal=sent, at=at)


def other_words(form: ConcernForm, other: Draft) -> list[tuple[str, str]]:
    """What another screen keeps of this draft where it differs from what was typed here: question and words."""
    found = []
    for name in BOXES:
        field, words = form.fields[name], str(other.data.get(name, "")).strip()
        if words.replace("\r\n", "\n") != str(form[name].value() or "").strip().replace("\r\n", "\n"):
            found.append((str(field.label), _shown(field, words) or _("(empty)")))
    return found


def _shown(field: Any, words: str) -> str:
    return str(dict(getattr(field, "choices", ())).get(words, words))
