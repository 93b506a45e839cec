"""School years, which begin on the first of August."""

from datetime import date

FIRST_MONTH = 8


def year_start(day: date) -> date:
    """The first day of the school year in which a day falls."""
    return date(day.year - (day.month < FIRST_MONTH), FIRST_MONTH, 1)


def last_year_start(day: date) -> date:
    """The first day of the school year before that."""
    return year_start(day).replace(year=year_start(day).year - 1)
