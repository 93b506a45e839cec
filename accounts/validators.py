"""Validators of model fields."""

from django.core.exceptions import ValidationError

from accounts.hours import read_hours


def valid_hours(stored: object) -> None:
    """Opening hours as they are stored, see accounts.hours."""
    try:
        read_hours(stored)
    except ValueError as error:
        raise ValidationError(str(error)) from error
