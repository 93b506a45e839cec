"""What a password may not look like."""

import re
from typing import Any

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.grants import places_of
from accounts.models import User

OURS = ("schoolsafety", "school", "safety")
# The words with which people here begin a password that has to be new; the list of common ones is mostly English.
COMMON = (
    *("wachtwoord", "welkom", "geheim", "password", "welcome", "secret", "qwerty", "admin", "login", "inloggen"),
    *("lente", "voorjaar", "zomer", "herfst", "winter", "vakantie", "maandag", "vrijdag", "voetbal"),
    *("januari", "februari", "maart", "april", "juni", "juli", "augustus", "september", "oktober", "november"),
    *("123456789", "12345678", "1234567", "123456", "12345", "asdfghjkl", "qwertyuiop"),
    *("december", "juf", "meester", "docent", "leraar", "klas", "onderwijs"),
)
SHORTEST_WORD = 4
REST = 8


class NotYourName(UserAttributeSimilarityValidator):
    """Django's check with a message that needs no name of a database column."""

    def get_error_message(self) -> str:
        return gettext("This password looks too much like your name or e-mail address. Choose another one.")


class NotOurWords:
    """Enough must be left without the words that anybody here would try first, their own name among them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises a ValidationError when it is little more than such words."""
        names = {user.name, user.email} | places_of(user) if isinstance(user, User) and user.pk else set()
        words = {word for name in names for word in re.findall(r"[^\W_]+", name.lower()) if len(word) >= SHORTEST_WORD}
        rest = password.lower()
        for word in sorted({*words, *OURS, *COMMON}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.lower() and len(re.sub(r"[\W_]", "", rest)) < REST:
            raise ValidationError(self._message(), code="password_our_words")

    def get_help_text(self) -> str:
        return self._message()

    def _message(self) -> str:
        return gettext("Words such as the name of the school, a season or “welkom” are tried first. Add other words.")
