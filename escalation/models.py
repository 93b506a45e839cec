"""The addresses a school calls: its own, its municipality's, its board's; and the days on which it is closed.

National addresses ship with the protocol, the school holidays with the product.
"""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from localflavor.nl.models import NLZipCodeField
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import Board, School, User
from accounts.references import new_reference
from accounts.validators import valid_hours


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
