"""How a letter begins: by name to a person, as one writes it in Dutch; not by name to an organisation."""

import re

from django.utils.translation import gettext as _

from signals.models.dossier import DossierFor

# What may stand before a name, and how it is written after "Geachte".
FORMS = (
    (r"(?:de\s+heer|dhr\.?)\s+en\s+(?:mevrouw|mevr\.?|mw\.?)", "heer en mevrouw"),
    (r"de\s+heer|dhr\.?|meneer|heer", "heer"),
    (r"mevrouw|mevr\.?|mw\.?", "mevrouw"),
    (r"(?:de\s+)?familie|fam\.?", "familie"),
)
ENGLISH = re.compile(r"(?:mr|mrs|ms|miss|mx|dr)\b", re.IGNORECASE)


def greeting(recipient: str, name: str, language: str) -> str:
    """The first words of a letter, in the language that is active. name: as it stands above the address."""
    called = _called(name) if language == "nl" else ""
    to_somebody = bool(called or ENGLISH.match(name) or _called(name))
    if recipient == DossierFor.PARENT or (recipient == DossierFor.OTHER and to_somebody):
        return _("Dear %(name)s,") % {"name": called or name}
    return _("Dear Sir or Madam,")


def _called(name: str) -> str:
    """The name after its form of address; nothing when it has none."""
    for form, written in FORMS:
        if found := re.match(rf"(?:{form})\s+(?=\S)", name, re.IGNORECASE):
            return f"{written} {name[found.end() :]}"
    return ""
