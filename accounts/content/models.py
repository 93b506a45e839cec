"""Which keys the database needs, so that a start without one of them is refused."""

from django.db import models
from django.utils import timezone


class ContentKey(models.Model):
    """A key that may have encrypted something here. fingerprint: by which it is known again; nothing opens with it."""

    number = models.PositiveIntegerField(unique=True)
    fingerprint = models.CharField(max_length=16)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"content-{self.number}"
