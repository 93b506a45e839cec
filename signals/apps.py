from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from accounts.factors import rule
        from accounts.kept import readable
        from signals import mails, shared
        from signals.forms.case import CloseForm, DeclineForm, DoneForm, TextForm
        from signals.forms.concern import ConcernForm

        mails.register_all()
        rule.also_needed(shared.holds_a_share)
        readable(ConcernForm, TextForm, DoneForm, DeclineForm, CloseForm)
