"""The addresses a school calls: its own, its municipality's, its board's; the days on which it is closed; and what a
board agreed beside the national table.

National addresses ship with the protocol, the school holidays with the product.
"""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from localflavor.nl.models import NLZipCodeField
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import Board, School, User
from accounts.references import new_reference
from accounts.validators import valid_hours
from escalation import own


class Contact(models.Model):
    """One recipient of the table, for one school, for those of a board in one municipality, or for the whole board.

    `recipient` may also be ON_DUTY, see escalation.duty. `owner` keeps it right. `hours`: see accounts.hours; empty is
    unknown. Street, postcode and town are all there or none is.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    municipality = models.CharField(max_length=80, blank=True)
    recipient = models.CharField(max_length=40)
    name = models.CharField(max_length=120, validators=[MinLengthValidator(2)])
    phone = PhoneNumberField(blank=True)
    email = models.EmailField(blank=True)
    street = models.CharField(max_length=120, blank=True)
    postcode = NLZipCodeField(blank=True)
    town = models.CharField(max_length=80, blank=True)
    hours = models.JSONField(default=dict, blank=True, validators=[valid_hours])
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    checked_on = models.DateField(default=timezone.localdate)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "recipient"],
                condition=Q(school__isnull=False),
                name="contact_once_per_school",
            ),
            models.UniqueConstraint(
                fields=["board", "municipality", "recipient"],
                condition=Q(school__isnull=True),
                name="contact_once_per_municipality",
            ),
            models.CheckConstraint(
                name="contact_at_one_place",
                condition=Q(school__isnull=True) | Q(municipality=""),
            ),
            models.CheckConstraint(name="contact_can_be_reached", condition=~Q(phone="") | ~Q(email="")),
            models.CheckConstraint(
                name="contact_whole_address",
                condition=Q(street="", postcode="", town="") | ~(Q(street="") | Q(postcode="") | Q(town="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def post(self) -> str:
        """The postal address in one line, empty where there is none."""
        return f"{self.street}, {self.postcode} {self.town}" if self.street else ""


class ClosingDays(models.Model):
    """Days, both included, on which a school is closed beside the holidays of everybody: a study day, a week in May."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="closing_days")
    starts_on = models.DateField()
    ends_on = models.DateField()
    label = models.CharField(max_length=60)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(name="closing_days_end_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(fields=["school", "starts_on", "ends_on"], name="closing_days_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Reminder(models.Model):
    """Somebody was mailed in this month that contacts of theirs are missing or old: once, however often it is asked."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="The first day of the month.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "month"], name="reminder_once_a_month")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m}"


class ProtocolChange(models.Model):
    """A step that a board adds, or one of ours that it changes or switches off; see `escalation/own.py`.

    One person proposes it, another approves it. What was proposed never changes, and each of the three moments is
    written once. `number` counts per board. `rule` is empty for a step of its own, which has `conditions`: pairs of a
    fact and its value. for_board: who proposed it spoke for the board, so somebody of a school may approve it. stopped:
    refused, withdrawn or ended, according to the state. `key`: one form sent twice is one proposal.
    """

    class Kind(models.TextChoices):
        ADD = own.ADD, _("a step of our own")
        CHANGE = own.CHANGE, _("agreed otherwise")
        OFF = own.OFF, _("switched off")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("not approved")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.CharField(max_length=10, blank=True)
    recipient = models.CharField(max_length=40)
    conditions = models.JSONField(default=list, blank=True)
    obligation = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=30, blank=True)
    why_nl = models.TextField(max_length=400)
    why_en = models.TextField(max_length=400, blank=True)
    starts_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    for_board = models.BooleanField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.TextField(max_length=400, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="protocol_change_number"),
            models.UniqueConstraint(
                fields=["board", "rule", "recipient"],
                condition=~Q(kind="add") & Q(state__in=["proposed", "approved"]),
                name="protocol_change_once_per_step",
            ),
            models.CheckConstraint(
                name="protocol_change_by_two_persons",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="protocol_change_refused_by_another",
                condition=~Q(state="refused") | ~Q(stopped_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="protocol_change_withdrawn_by_oneself",
                condition=~Q(state="withdrawn") | Q(stopped_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="protocol_change_approved",
                condition=Q(state__in=["approved", "ended"], approved_at__isnull=False, approved_by__isnull=False)
                | Q(state__in=["proposed", "refused", "withdrawn"], approved_at__isnull=True, approved_by__isnull=True),
            ),
            models.CheckConstraint(
                name="protocol_change_stopped_with_a_reason",
                condition=(
                    Q(state__in=["refused", "withdrawn", "ended"], stopped_at__isnull=False, stopped_by__isnull=False)
                    & ~Q(stop_reason="")
                )
                | Q(
                    state__in=["proposed", "approved"], stopped_at__isnull=True, stopped_by__isnull=True, stop_reason=""
                ),
            ),
            models.CheckConstraint(
                name="protocol_change_about_a_step",
                condition=Q(kind="add", rule="") | (~Q(kind="add") & ~Q(rule="")),
            ),
            models.CheckConstraint(
                name="protocol_change_says_how",
                condition=Q(kind="off", obligation="", urgency="")
                | (~Q(kind="off") & ~Q(obligation="") & ~Q(urgency="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id}: {self.number}"
