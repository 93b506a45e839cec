"""Compiles the translations, so that a machine without gettext can run the product: python locale/compile.py"""

from pathlib import Path

import polib

for source in Path(__file__).parent.glob("*/LC_MESSAGES/*.po"):
    polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
