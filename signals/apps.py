from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from accounts.factors.rule import also_needed
        from accounts.jobs.registry import loop, regularly
        from accounts.kept import readable
        from signals import mails
        from signals.dossier.forms import DossierForm
        from signals.forms.case import CloseForm, DeclineForm, TextForm
        from signals.forms.concern import ConcernForm
        from signals.forms.done import DoneForm
        from signals.forms.facts import CorrectionForm
        from signals.forms.files import FileForm
        from signals.forms.glass import GlassForm, ReviewForm
        from signals.forms.handover import AbsenceForm, HandOverForm, RefuseForm
        from signals.forms.meetings import MeetingAddForm, MeetingForm
        from signals.forms.shares import ShareForm
        from signals.forms.tasks import TaskEndForm, TaskForm
        from signals.forms.walls import WallForm
        from signals.services.moving import Look
        from signals.services.tasks import JOB, tasks_remind
        from signals.shared import holds_a_share

        mails.register_all()
        self.files()
        loop("nobody", _("Moves up what nobody acts on"), Look(), seconds=30)
        regularly(JOB, _("Remind of tasks that are nearly due"), tasks_remind, at=time(6, 45))
        also_needed(holds_a_share)
        readable(ConcernForm, TextForm, DoneForm, DeclineForm, CloseForm, ShareForm)
        readable(DossierForm, GlassForm, ReviewForm, WallForm, CorrectionForm, FileForm)
        readable(HandOverForm, RefuseForm, AbsenceForm, TaskForm, TaskEndForm, MeetingForm, MeetingAddForm)

    def files(self) -> None:
        """What keeps files in order: their keys, their tidying, dossiers, the question whether there is a scanner."""
        from accounts.content.rotation import HOLDERS
        from accounts.jobs.registry import job, regularly
        from signals import checks
        from signals.dossier.selectors import JOB
        from signals.dossier.services.making import dossier_make
        from signals.dossier.services.tidying import tidy
        from signals.services.filekeys import DossierFiles, Files

        checks.register()
        HOLDERS[:] = [Files(), DossierFiles()]
        job(JOB, _("Make a dossier"), dossier_make, longest=timedelta(minutes=5), tries=3)
        regularly("files.tidy", _("Tidy files"), tidy, at=time(4, 10), longest=timedelta(hours=3))
