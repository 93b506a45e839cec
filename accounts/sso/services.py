"""Linking a school account to somebody here, unlinking it, and recording who was not let in."""

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.db import transaction
from django.urls import reverse

from accounts.grants import grants_of
from accounts.models import Board, UnlinkedIdentity, User
from accounts.outbox import queue
from accounts.sso.config import SchoolAccount, find
from audit.actions import Action
from audit.record import record

LINKED, UNLINKED = "sso_linked", "sso_unlinked"  # kinds of mail


def user_by_email(address: str) -> User | None:
    """The active account with exactly this address, given in small letters."""
    found = User.objects.filter(email__iexact=address, is_active=True) if address else User.objects.none()
    return next((user for user in found if user.email.lower() == address), None)


def links_of(user: User) -> dict[str, SocialAccount]:
    """The school accounts of somebody, by the name of the provider."""
    return {link.provider: link for link in SocialAccount.objects.filter(user=user).order_by("id")}


def account_to_confirm(user: User) -> SchoolAccount | None:
    """The first of somebody's school accounts whose provider can be told to ask again."""
    return next((found for slug in links_of(user) if (found := find(slug)) and found.step_up), None)


@transaction.atomic
def identity_link(*, by: User, login: SocialLogin, asked: bool) -> bool:
    """Link the identity that just came back to an account. From then on the identity counts, not the address.

    Args:
        by: whose account it is; they did it themselves.
        login: what the provider's answer became.
        asked: they were logged in already and asked for it; otherwise the address found them.

    Returns:
        False when it can't be: the account was closed meanwhile, already has another identity at this provider (an
        address that was given to a colleague must not open the account of the one before), had one that was unlinked,
        or the identity is of somebody else.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    slug = login.account.provider
    mine = SocialAccount.objects.filter(user=user, provider=slug).first()
    taken = SocialAccount.objects.filter(provider=slug, uid=login.account.uid).first()
    unlinked = UnlinkedIdentity.objects.filter(user=user, provider=slug)
    if not user.is_active or mine != taken or (unlinked.exists() and not asked):
        return False
    if mine is None:
        unlinked.delete()
        login.account.user = user
        login.account.save()
        _told(Action.IDENTITY_LINKED, user, slug, LINKED, actor=user.reference)
    return True


@transaction.atomic
def identity_unlink(*, by: User | None, user: User, slug: str) -> bool:
    """Undo a link, for good: only they themselves can make it again, see UnlinkedIdentity.

    Args:
        by: who does it; None for the operator at the command line.
        slug: the name of the provider.

    Returns:
        Whether there was one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    count, _what = SocialAccount.objects.filter(user=user, provider=slug).delete()
    if count:
        UnlinkedIdentity.objects.get_or_create(user=user, provider=slug)
        _told(Action.IDENTITY_UNLINKED, user, slug, UNLINKED, actor=by.reference if by else "")
    return bool(count)


def _told(action: Action, user: User, slug: str, mail: str, actor: str) -> None:
    for board in _boards(user):
        record(action, actor=actor, board=board, kind="user", ref=user.reference, details={"provider": slug})
    queue(mail, to=user, path=reverse("sso_links"))


def refusal_record(account: SchoolAccount, user: User | None, rule: str) -> None:
    """Record that somebody who came from a provider was not let in; what the provider said is not kept.

    Args:
        user: whom it was about, where that is sure: the identity is linked to them, or they were logged in already.
    """
    who = user.reference if user else ""
    for board in _boards(user) if user else [""]:
        details = {"provider": account.slug}
        record(
            Action.LOGIN_FAILED, actor=who, board=board, kind="user", ref=who, refused=True, rule=rule, details=details
        )


def _boards(user: User) -> list[str]:
    found = Board.objects.filter(id__in=grants_of(user).board_ids).order_by("id")
    return list(found.values_list("reference", flat=True)) or [""]
