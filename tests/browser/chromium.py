"""Finds Chromium for the browser tests and Pango for PDF, or installs Debian's where that is possible.

Run as a script it says in one line what it found. Without a browser it fails when CI=true; elsewhere the browser
tests are skipped.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library

PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "fonts-dejavu-core")
# The same browser without windows first: the tests need none, and it costs half.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str:
    """The path of a browser; empty when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def has_pango() -> bool:
    """Whether what makes PDF is there."""
    return bool(find_library("pango-1.0") and find_library("pangoft2-1.0"))


def install() -> str:
    """Install Debian's Chromium when we are root and apt is there; the path, or empty. Older ones have no shell."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return ""
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
    if subprocess.run(["apt-get", "install", "-y", "-q", SHELL, *PANGO], check=False, **quiet).returncode:
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium", *PANGO], check=False, **quiet)
    return find()


def main() -> int:
    path = shutil.which(SHELL) if has_pango() else ""
    path = path or install() or find()
    if path:
        print(f"Browser tests use {path}.")
        return 0
    print(
        "No Chromium found and none could be installed: the browser tests can't run. Install it: apt install chromium"
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
