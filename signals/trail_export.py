"""The trail as a file for a spreadsheet: CSV or XLSX, at most 10,000 lines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.roles import Role
from audit.models import AuditEvent
from signals.kinds import kind_label
from signals.trail import lines

MOST = 10_000
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML, so no XLSX, may hold these
WIDTHS = (20, 28, 20, 60, 22, 12, 16, 38)

Row = list[str]


def rows(events: Sequence[AuditEvent], *, capped: bool) -> Iterator[Row]:
    """The heading, a row for each event, and a sentence when there are more than fit.

    Args:
        events: newest first.
        capped: True when older ones were left out.
    """
    yield [_("When"), _("Who"), _("Role"), _("What"), _("Kind"), _("Refused"), _("Case"), _("Reference of the event")]
    roles = {value: str(label) for value, label in Role.choices}
    for event, line in zip(events, lines(events), strict=True):
        yield [
            cell(text)
            for text in (
                f"{timezone.localtime(event.occurred_at):%Y-%m-%d %H:%M:%S}",
                line.who,
                roles.get(event.actor_role, ""),
                line.sentence,
                kind_label(event.action),
                _("refused") if line.refused else "",
                event.case_ref,
                str(event.event_uuid),
            )
        ]
    if capped:
        yield [
            _("There are older lines. Only the newest %(count)s are here: choose a shorter period for the others.")
            % {"count": number_format(MOST, force_grouping=True)}
        ]


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without characters that a file can't hold."""
    if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA):
        text = "'" + text
    return UNPRINTABLE.sub("", text)


def as_csv(found: Iterator[Row]) -> bytes:
    """RFC 4180, with a mark that tells Excel it is UTF-8."""
    file = io.StringIO(newline="")
    file.write(BOM)
    csv.writer(file).writerows(found)
    return file.getvalue().encode()


def as_xlsx(found: Iterator[Row]) -> bytes:
    """One sheet; every cell is text. The library is a tenth of what starting a process takes, so only here."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Logbook"))
    sheet.freeze_panes = "A2"
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    for row in found:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
