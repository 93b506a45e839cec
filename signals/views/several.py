"""Taking several new reports at once: the one thing that is safe to do to more than one case.

Taking says "I look at this": it opens nothing to anybody, each case keeps its own steps and its own event, and whoever
took one by mistake hands it on. Closing needs an outcome and a reason that are true of that one case; sharing and
walling change who reads; putting together needs a look at whom it is about. So those are done one by one.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.guard import guard
from accounts.models import User
from accounts.references import is_reference
from accounts.requests import person
from accounts.roles import Permission
from signals import access
from signals.errors import RuleError
from signals.models import Case
from signals.paging import PAGE
from signals.services import cases as services


@guard(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
@require_POST
def desk_take(request: HttpRequest) -> HttpResponse:
    """Become the owner of each case that was ticked; what could not be taken is told by its number."""
    user = person(request)
    asked = list(dict.fromkeys(code for code in request.POST.getlist("case") if is_reference(code)))[:PAGE]
    if not asked:
        messages.warning(request, _("Choose at least one report."))
        return redirect(f"{reverse('signals:desk')}?tab=new&several=1")
    found = access.cases(user, asked, to=access.HANDLE)
    taken = 0
    for code in asked:
        problem = _take(user, found.get(code))
        taken += not problem
        if problem:
            messages.warning(request, f"{code}: {problem}")
    if taken:
        words = ngettext("%(count)d case is yours now.", "%(count)d cases are yours now.", taken)
        messages.success(request, words % {"count": taken})
    return redirect(f"{reverse('signals:desk')}?tab={'mine' if taken else 'new'}")


def _take(user: User, case: Case | None) -> str:
    """Why it could not be taken. Empty when it is theirs now, also when it was before: a second click does nothing."""
    if case is None:
        return _("this number is not in your list, or no longer.")
    try:
        services.case_take(by=user, case=case)
    except RuleError:
        return _("a colleague has taken this case already.")
    return ""
