from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from accounts.kept import readable
        from signals import mails
        from signals.forms.case import CloseForm, DeclineForm, DoneForm, TextForm
        from signals.forms.concern import ConcernForm

        mails.register_all()
        readable(ConcernForm, TextForm, DoneForm, DeclineForm, CloseForm)
