"""Boards, schools, the people who work there and the pupils they may write about."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin

from accounts.content.fields import EncryptedJSONField
from accounts.content.models import ContentKey as ContentKey
from accounts.job_models import BackgroundJob as BackgroundJob
from accounts.job_models import JobSlot as JobSlot
from accounts.job_models import JobState as JobState
from accounts.job_models import MailChoice as MailChoice
from accounts.job_models import MailProblem as MailProblem
from accounts.job_models import OutgoingMail as OutgoingMail
from accounts.job_models import PartBeat as PartBeat
from accounts.job_models import Rhythm as Rhythm
from accounts.references import new_reference
from accounts.roles import BOARD_ROLES, SCHOOL_ROLES, Role
from accounts.validators import valid_hours


class Sector(models.TextChoices):
    KO = "ko", _("childcare")
    PO = "po", _("primary education")
    VO = "vo", _("secondary education")
    MBO = "mbo", _("vocational education")
    HBO = "hbo", _("university of applied sciences")
    WO = "wo", _("university")


class Region(models.TextChoices):
    """The three regions of the school holidays."""

    NORTH = "noord", _("North")
    MIDDLE = "midden", _("Middle")
    SOUTH = "zuid", _("South")


class Board(models.Model):
    """The schoolbestuur: the competent authority, and the limit of everything anyone can see."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """One school or childcare centre of a board.

    `region`: of the school holidays; empty where there are none, as in childcare. `hours`: when the school is open, see
    accounts.hours; empty until somebody filled it in.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="schools")
    name = models.CharField(max_length=120)
    sector = models.CharField(max_length=3, choices=Sector.choices)
    municipality = models.CharField(max_length=80)
    brin = models.CharField(max_length=6, blank=True)
    region = models.CharField(max_length=6, choices=Region.choices, blank=True)
    hours = models.JSONField(default=dict, blank=True, validators=[valid_hours])

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["board", "name"], name="school_name_once_per_board")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; there is no way to make a superuser, because none is needed."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """Somebody who logs in with an e-mail address. Rights come from memberships, never from this row."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    session_number = models.PositiveIntegerField(default=0, help_text="One more ends every session of this person.")

    _grants: Any = None  # what grants_of() found, for the length of one request

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to count: a new password or a new number ends them all, also what a cache holds."""
        value = f"{self.password}:{self.session_number}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Membership(models.Model):
    """One role of one person at one school, or at the board, from one day until another."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text="Last day on which it holds.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_at_one_place",
                condition=(
                    Q(role__in=SCHOOL_ROLES, school__isnull=False, board__isnull=True)
                    | Q(role__in=BOARD_ROLES, school__isnull=True, board__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


def new_nonce() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


class Invitation(models.Model):
    """One role, offered by mail with a link that works once; whoever accepts it gets the membership.

    The link is no column: it is made from the nonce and the server's own key when the mail leaves, see
    accounts.links, so that a copy of the database opens nothing. `name` is what the inviting board wrote; of an account
    that exists already it learns no more than that.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    nonce = models.CharField(max_length=43, default=new_nonce)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["board", "name", "id"], name="invitation_list")]
        constraints = [
            models.CheckConstraint(
                name="invitation_for_one_place",
                condition=Q(role__in=SCHOOL_ROLES, school__isnull=False) | Q(role__in=BOARD_ROLES, school__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="invitation_used_or_revoked", condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["user", "board"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Pupil(models.Model):
    """A pupil, student or child from the school's own list."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="pupils")
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=40, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["school", "name"], name="pupil_search")]

    def __str__(self) -> str:
        return self.name


class KnownBrowser(models.Model):
    """A browser in which somebody logged in before, known by a random cookie of which only a digest is kept.

    `tokens` are digests of the secrets of the forms that it was given with each log-in. They tell whose page a form
    came from when the log-in has ended or changed meanwhile.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    tokens = models.JSONField(default=list)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "user"], name="browser_once_per_person")]
        indexes = [models.Index(fields=["last_seen_at"], name="browser_old")]

    def __str__(self) -> str:
        return f"browser {self.pk}"


class KeptWords(models.Model):
    """What somebody sent after the log-in had ended, see accounts.kept. Only they see it, until they send it again."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=500)
    fields = EncryptedJSONField(row="reference", help_text="Pairs of a name and a value, in the order of the form.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="kept_words_of_this_site", condition=Q(path__startswith="/")),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="kept_words_own"),
            models.Index(fields=["created_at"], name="kept_words_old"),
        ]

    def __str__(self) -> str:
        return self.reference


class UnlinkedIdentity(models.Model):
    """Somebody's school account was unlinked: from then on an address opens nothing, they have to link it themselves.

    Without this row the next log-in would link it again. `provider` is the name in the setting SSO.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=30)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "provider"], name="unlinked_once_per_provider")]

    def __str__(self) -> str:
        return f"{self.user} – {self.provider}"
