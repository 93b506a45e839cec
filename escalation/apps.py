from datetime import time

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class EscalationConfig(AppConfig):
    name = "escalation"

    def ready(self) -> None:
        from accounts.jobs.registry import WORKDAYS, regularly
        from escalation.protocol import ProtocolError, all_protocols
        from escalation.services.reminders import contacts_remind
        from escalation.vignettes import vignettes

        try:
            all_protocols()
            vignettes()
        except ProtocolError as error:
            raise ImproperlyConfigured(str(error)) from None  # names the file and the line
        _mails()
        regularly("contacts.remind", _("Ask for contacts to be checked"), contacts_remind, at=time(7), days=WORKDAYS)


def _mails() -> None:
    from accounts.outbox import CONTACTS, PROPOSAL, MailKind, light, register
    from escalation.services import own_steps
    from escalation.services.reminders import MAIL, still_keeps_contacts

    register(
        MAIL,
        MailKind(
            _("Schoolsafety: contacts to check"),
            _("You keep contacts of your school. Some are missing, or nobody has checked them for half a year."),
            still_keeps_contacts,
            about=CONTACTS,
            weight=light,
        ),
    )
    register(
        own_steps.MAIL,
        MailKind(
            _("Schoolsafety: a proposal waits for you"),
            _("A colleague proposes to agree something about a step. Please look at it, and approve or refuse it."),
            own_steps.still_waits,
            about=PROPOSAL,
            weight=light,
        ),
    )
