"""What a password may not look like."""

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext


class NotYourName(UserAttributeSimilarityValidator):
    """Django's check with a message that needs no name of a database column."""

    def get_error_message(self) -> str:
        return gettext("This password looks too much like your name or e-mail address. Choose another one.")
