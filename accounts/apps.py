import sys

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, converters, outbox, receivers
        from accounts.factors import keys, rule, services
        from accounts.sso import mails, proof

        converters.register()
        checks.register()
        receivers.connect()
        mails.connect()
        rule.also_proof(proof.is_proof)
        outbox.register(
            services.MAIL,
            outbox.MailKind(
                subject=_("Your way of logging in has changed"),
                text=_(
                    "Your password or the second step of your log-in was changed or renewed. Was that you? Then you "
                    "need not do anything. Was it not you? Tell whoever keeps the accounts at your school at once."
                ),
                wanted=lambda user, reference: True,  # also for who has no role any more: it is their account
            ),
        )
        if sys.argv[1:2] not in (["audit_keys"], ["factor_keys"]):  # the commands that make keys must be able to start
            keys.check_key()
