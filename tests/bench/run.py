"""Measures on one database: `python -m tests.bench` starts this, once for each."""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
PARTS = ("saves", "lists", "pages", "searching", "writers", "verifying")


def prepare() -> None:
    """Start Django and make the tables."""
    django.setup()
    from django.apps import apps
    from django.core.management import call_command

    from audit.keys import create_keys
    from tests.bench.app.apps import make_tables

    create_keys(("checkpoint",))
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    make_tables(apps.get_app_config("bench"))


def main(result: str, wanted: list[str]) -> None:
    """Write the lines found to the file `result` as JSON."""
    prepare()
    from tests.bench.measure import Clock
    from tests.bench.world import build

    if not Clock().sees_all:
        print("The database is on another machine: its CPU is not counted.", file=sys.stderr)
    scene, found = build(), []
    for name in wanted or PARTS:
        start = time.monotonic()
        for line in import_module(f"tests.bench.{name}").lines(scene):
            print(f"  {line.name}: {line.text}", file=sys.stderr, flush=True)
            found.append(line.as_dict())
        print(f"  ({name}: {time.monotonic() - start:.0f} s)", file=sys.stderr, flush=True)
    Path(result).write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
