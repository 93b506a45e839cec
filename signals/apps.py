from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from accounts.content.rotation import HOLDERS
        from accounts.factors.rule import also_needed
        from accounts.kept import readable
        from signals import checks, mails
        from signals.forms.case import CloseForm, DeclineForm, TextForm
        from signals.forms.concern import ConcernForm
        from signals.forms.done import DoneForm
        from signals.forms.facts import CorrectionForm
        from signals.forms.files import FileForm
        from signals.forms.glass import GlassForm, ReviewForm
        from signals.forms.shares import ShareForm
        from signals.forms.walls import WallForm
        from signals.services.filekeys import Files
        from signals.shared import holds_a_share

        checks.register()
        mails.register_all()
        HOLDERS[:] = [Files()]
        also_needed(holds_a_share)
        readable(ConcernForm, TextForm, DoneForm, DeclineForm, CloseForm, ShareForm)
        readable(GlassForm, ReviewForm, WallForm, CorrectionForm, FileForm)
