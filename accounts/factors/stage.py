"""The stage of django-allauth's log-in at which the second step is asked."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from accounts.sso import proof


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """Who came with a school account whose provider proved a second factor is not asked for another one here."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if proof.second_factor_proven(request, self.login.user):
            return False
        return bool(super()._should_handle(request))
