"""Days in templates."""

from django import template

from signals.ages import moment_words

register = template.Library()
register.filter("moment", moment_words)
