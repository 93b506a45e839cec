"""The addresses a school calls: its own, its municipality's. National ones ship with the protocol."""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import Board, School, User
from accounts.references import new_reference


class Contact(models.Model):
    """One recipient of the decision table, for one school or for all schools of a board in one municipality."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    municipality = models.CharField(max_length=80, blank=True)
    recipient = models.CharField(max_length=40)
    name = models.CharField(max_length=120, validators=[MinLengthValidator(2)])
    phone = PhoneNumberField(blank=True)
    email = models.EmailField(blank=True)
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
                condition=Q(school__isnull=False, municipality="") | (Q(school__isnull=True) & ~Q(municipality="")),
            ),
            models.CheckConstraint(name="contact_can_be_reached", condition=~Q(phone="") | ~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name
