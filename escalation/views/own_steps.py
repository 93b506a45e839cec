"""Steps that a board agrees itself: the list, proposing with a preview, approving, refusing and ending."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from accounts.stepup import step_up
from escalation import access
from escalation.errors import AgreementError
from escalation.hats import works_as
from escalation.models import ProtocolChange
from escalation.own import Agreement, with_own
from escalation.own_forms import AddForm, ChangeForm, ProposalForm, SeenForm, StopForm
from escalation.own_words import preview, told
from escalation.protocol import current_protocol
from escalation.selectors import agreement_of, approvers, decisions, protocol_at
from escalation.services import own_steps as services
from escalation.vignettes import vignettes

UNPROCESSABLE = 422
State = ProtocolChange.State
LISTS = (
    ((State.PROPOSED,), gettext_lazy("Proposed"), gettext_lazy("Nothing is proposed now.")),
    ((State.APPROVED,), gettext_lazy("Agreed"), gettext_lazy("Nothing is agreed: the table holds as it is.")),
    ((State.ENDED, State.REFUSED, State.WITHDRAWN), gettext_lazy("Ended, refused or withdrawn"), ""),
)
STOPPING = {
    "refuse": (gettext_lazy("Refuse this proposal"), gettext_lazy("Refuse")),
    "withdraw": (gettext_lazy("Withdraw this proposal"), gettext_lazy("Withdraw")),
    "end": (gettext_lazy("End this agreement"), gettext_lazy("End it")),
}


@guard(Permission.PROTOCOL_PROPOSE)
@require_safe
def own_steps(request: HttpRequest) -> HttpResponse:
    """What the board agreed, what waits and what is over."""
    user = person(request)
    rows = list(access.agreements(user))
    several = len({row.board_id for row in rows}) > 1
    groups = [
        {"title": title, "rows": [_shown(row, user, several) for row in rows if row.state in states], "empty": empty}
        for states, title, empty in LISTS
    ]
    context = {
        "groups": [group for group in groups if group["rows"] or group["empty"]],
        "works_as": works_as(user, Permission.PROTOCOL_PROPOSE),
    }
    return render(request, "escalation/own_steps.html", context)


@guard(Permission.PROTOCOL_PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_step_new(request: HttpRequest) -> HttpResponse:
    """Propose a step of the board's own."""
    form = AddForm(request.POST or None, boards=access.boards_to_propose_for(person(request)))
    return _proposing(request, form, _("Add a step of our own"))


@guard(Permission.PROTOCOL_PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_step_change(request: HttpRequest) -> HttpResponse:
    """Propose to agree a step otherwise, or to switch it off. `?stap=` names one of the table."""
    boards = access.boards_to_propose_for(person(request))
    form = ChangeForm(request.POST or None, boards=boards, initial={"step": request.GET.get("stap", "")})
    return _proposing(request, form, _("Agree a step otherwise"))


def _proposing(request: HttpRequest, form: AddForm | ChangeForm, title: str) -> HttpResponse:
    """First the form, then what it would do, and only then the proposal."""
    action = request.POST.get("action", "")
    if request.method == "POST" and form.is_valid() and action != "edit":
        board, proposal = form.chosen_board, form.proposal()
        try:
            if action == "propose":
                key = form.cleaned_data["key"]
                row = services.own_step_propose(by=person(request), board=board, proposal=proposal, key=key)
                messages.success(request, _("Proposed. Another person now looks at it."))
                return redirect("escalation:own-step", row.reference)
            services.check(board, proposal.agreement())
        except AgreementError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            form.data = {**request.POST.dict(), "key": str(uuid4())}  # its words may differ from what was sent before
        else:
            typed = [(name, request.POST.get(name, "")) for name in form.fields]
            context = {"typed": typed, "title": title, **_consequences(board.pk, proposal.agreement())}
            return render(request, "escalation/own_step_preview.html", context)
    context = {"form": form, "title": title}
    return render(request, "escalation/own_step_form.html", context, status=_status(form))


def _status(form: ProposalForm | StopForm) -> int:
    return UNPROCESSABLE if form.errors else 200


def _consequences(board: int, agreement: Agreement) -> dict[str, Any]:
    """What the agreement says, and what it does in each of the invented cases."""
    now = protocol_at(board)
    shown = preview(vignettes(), now, with_own(now, [agreement]))
    return {
        "told": told(agreement, current_protocol()),
        "starts_on": agreement.since,
        "differs": [row for row in shown if row.differences],
        "same": [row for row in shown if not row.differences],
    }


@guard(Permission.PROTOCOL_PROPOSE)
@require_safe
def own_step(request: HttpRequest, reference: str) -> HttpResponse:
    """One agreement: what it says, what it does or would do, and what this person can do with it."""
    row = access.agreement(person(request), reference)
    return _page(request, row)


def _page(request: HttpRequest, row: ProtocolChange, problem: str = "") -> HttpResponse:
    user, agreement = person(request), agreement_of(row)
    proposed = row.state == State.PROPOSED
    context = {
        "row": row,
        "problem": problem,
        "told": told(agreement, current_protocol()),
        "starts_on": agreement.since,
        "may_approve": proposed and access.may_approve(user, row),
        "stop": STOPPING[_stop_kind(row, user)][1] if access.may_stop(user, row) else "",
        "mine": row.proposed_by_id == user.pk,
        "nobody": proposed and not approvers(row),
        "seen": decisions(row.board_id),
        **(_consequences(row.board_id, agreement) if proposed else {}),
    }
    return render(request, "escalation/own_step.html", context, status=UNPROCESSABLE if problem else 200)


@guard(Permission.PROTOCOL_PROPOSE)
@require_POST
@step_up
def own_step_approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve what another proposed."""
    user = person(request)
    row = access.agreement(user, reference)
    if not access.may_approve(user, row):
        access.deny(user, row, "approving needs another person, and one of the board")
    seen = SeenForm(request.POST)
    try:
        services.own_step_approve(by=user, row=row, seen=seen.cleaned_data["seen"] if seen.is_valid() else -1)
    except AgreementError as error:
        return _page(request, access.agreement(user, reference), str(error))
    messages.success(request, _("Approved. It holds for reports that are sent from its first day."))
    return redirect("escalation:own-step", row.reference)


@guard(Permission.PROTOCOL_PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_step_stop(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuse, withdraw or end, with a reason."""
    user = person(request)
    row = access.agreement(user, reference)
    if row.stopped_at:
        return redirect("escalation:own-step", row.reference)
    if not access.may_stop(user, row):
        access.deny(user, row, "stopping an agreement needs its proposer or an approver")
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.own_step_stop(by=user, row=row, reason=form.cleaned_data["reason"])
            messages.success(request, _("Recorded."))
            return redirect("escalation:own-step", row.reference)
        except AgreementError as error:
            form.add_error(None, str(error))
    title, button = STOPPING[_stop_kind(row, user)]
    agreement = told(agreement_of(row), current_protocol())
    context = {"form": form, "row": row, "told": agreement, "title": title, "stop": button}
    return render(request, "escalation/own_step_stop.html", context, status=_status(form))


def _stop_kind(row: ProtocolChange, user: User) -> str:
    if row.state == State.APPROVED:
        return "end"
    return "withdraw" if row.proposed_by_id == user.pk else "refuse"


def _shown(row: ProtocolChange, user: User, several: bool) -> dict[str, Any]:
    agreement = agreement_of(row)
    waits = row.state == State.PROPOSED and access.may_approve(user, row)
    return {
        "row": row,
        "told": told(agreement, current_protocol()),
        "since": agreement.since,
        "waits": waits,
        "board": row.board.name if several else "",
    }
