"""What the screen says about files: their kind, their size, why one is not taken."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signals.filetypes.kinds import Why

KB, MB = 1024, 1024 * 1024
TAKEN = gettext_lazy("PDF, photo (JPG or PNG), Word (.docx) or plain text (.txt)")
WORDS: dict[Why, Any] = {
    Why.EMPTY: gettext_lazy("This file is empty. Choose another one."),
    Why.BIG: gettext_lazy("This file is larger than 10 MB. Make it smaller, or split it in two."),
    Why.UNKNOWN: gettext_lazy("This kind of file can't be added. What can: %(taken)s. Often you can save it as PDF."),
    Why.PHONE: gettext_lazy(
        "This photo is in the format of an iPhone (HEIC). Send it to yourself as JPG, or make a screenshot of it."
    ),
    Why.PICTURE: gettext_lazy("A picture of this kind can't be added. Save it as JPG or PNG, or make a screenshot."),
    Why.FILM: gettext_lazy("Film and sound can't be added here. Keep them safe, and write down that you have them."),
    Why.OLD_WORD: gettext_lazy("This is an older kind of Word file, or another program’s. Save it as PDF or as .docx."),
    Why.SHEET: gettext_lazy("Of Word only ordinary .docx files can be added. Save this file as PDF."),
    Why.ARCHIVE: gettext_lazy("A zip file can't be added. Unpack it first, and add the files in it one by one."),
    Why.PAGE: gettext_lazy("A web page can't be added. Print it as PDF, or make a screenshot of it."),
    Why.OTHER: gettext_lazy(
        "The name of this file says something else than what it is. Open it, save it again as PDF, and add that."
    ),
    Why.PASSWORD: gettext_lazy("This file needs a password. Save it without one, and add that."),
    Why.PROGRAM: gettext_lazy(
        "There is a program or another file in this file, or it fetches something from elsewhere. "
        "Print it as PDF, and add that."
    ),
    Why.PIXELS: gettext_lazy("This picture has too many pixels. Make it smaller, or make a screenshot of it."),
    Why.SWOLLEN: gettext_lazy("This file becomes far too large when it is opened. Print it as PDF, and add that."),
    Why.BROKEN: gettext_lazy("This file can't be read; perhaps it is damaged. Open it, save it again, and add that."),
}


def refusal(why: Why) -> str:
    """Why a file is not taken, and what to do instead."""
    words = str(WORDS[why])
    return words % {"taken": TAKEN} if why == Why.UNKNOWN else words


def size_text(size: int) -> str:
    """A size as people say it."""
    if size >= MB:
        return _("%(size)s MB") % {"size": number_format(size / MB, 1)}
    return _("%(size)s kB") % {"size": max(1, round(size / KB))}
