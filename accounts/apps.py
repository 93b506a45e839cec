import sys

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, converters, mails, receivers
        from accounts.content import keys as content_keys
        from accounts.content import start as content_start
        from accounts.factors import keys, rule
        from accounts.jobs import upkeep
        from accounts.sso import mails as sso_mails
        from accounts.sso import proof
        from audit.keyfiles import MAKERS

        converters.register()
        checks.register()
        receivers.connect()
        mails.register_kinds()
        sso_mails.connect()
        self.letters()
        upkeep.register()
        rule.also_proof(proof.is_proof)
        content_start.connect(self)
        if not set(sys.argv[1:2]) & set(MAKERS):
            keys.check_key()
            content_keys.check_key()

    def letters(self) -> None:
        """The kinds of mail about accounts."""
        from accounts import links, outbox
        from accounts.factors import services
        from accounts.services import closing, invitations

        outbox.register(
            invitations.MAIL,
            outbox.MailKind(
                _("An invitation for Schoolsafety"),
                _("Your school invites you. With this link you start; it works once, and for seven days."),
                invitations.invitation_open,
                lambda mail: links.path(invitations.invitation_of_mail(mail.reference)),
                to_closed=True,
            ),
        )
        outbox.register(
            closing.RESET,
            outbox.MailKind(
                _("A new password for Schoolsafety"),
                _("With this link you choose a new password. It works once, and for one day."),
                outbox.has_a_role,
                closing.reset_link,
            ),
        )
        outbox.register(services.MAIL, services.mail_kind())
