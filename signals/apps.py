from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from accounts import outbox
        from signals.services import leaving

        outbox.register(
            leaving.MAIL,
            outbox.MailKind(
                _("Case %(reference)s is yours now"),
                _("Case %(reference)s was given to you, because its owner stops."),
                leaving.may_still,
            ),
        )
