"""What a provider said about somebody, and what may be concluded from it. Pure: no database, no session."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.sso.config import SchoolAccount

SKEW = 60  # seconds that two clocks may differ


@dataclass(frozen=True)
class Seen:
    """What stood in a token or assertion whose signature and limits have been checked.

    contexts: how the provider says that it knew who it was (acr, acrs, amr, AuthnContextClassRef).
    at: when it asked, in seconds since 1970; None when it does not say.
    nonce: OpenID Connect only: what this program sent along.
    values: the claims that REQUIRE asks about.
    """

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    contexts: frozenset[str] = frozenset()
    at: float | None = None
    nonce: str = ""
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        """One key for issuer and subject together; neither may be so long or so odd that it fits no column."""
        return hashlib.sha256(f"{len(self.issuer)}:{self.issuer}{self.subject}".encode()).hexdigest()


def texts(value: Any) -> frozenset[str]:
    """A claim that is one text or a list of them, as a set."""
    many = value if isinstance(value, list) else [value]
    return frozenset(one for one in many if isinstance(one, str) and one)


def is_admitted(account: SchoolAccount, seen: Seen) -> bool:
    """Whether the claims that must hold do."""
    return all(seen.values.get(name, frozenset()) & wanted for name, wanted in account.require.items())


def vouched_email(account: SchoolAccount, seen: Seen) -> str:
    """The address by which an account may be found at first use; empty unless everything about it is sure.

    It counts only in domains that the operator named, and only when the provider says that it verified it, or when
    the operator says that this provider gives out all addresses there. Only ASCII: look-alikes fold into each other.
    """
    address = seen.email.strip().lower()
    domain = address.rpartition("@")[2]
    sure = seen.email_verified or account.email_vouched
    known = domain in account.email_domains
    return address if sure and known and seen.email.isascii() and address.count("@") == 1 else ""


def proves_second_factor(account: SchoolAccount, seen: Seen) -> bool:
    return bool(seen.contexts & account.second_factor)


def is_fresh(seen: Seen, since: float) -> bool:
    """Whether the provider asked who it is after that moment."""
    return seen.at is not None and seen.at >= since - SKEW


def is_answer_to(seen: Seen, nonce: str) -> bool:
    """Whether the token was made for this very log-in."""
    return bool(nonce) and hmac.compare_digest(seen.nonce.encode(), nonce.encode())
