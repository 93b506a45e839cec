"""Secrets of second steps at rest: a key of their own, whose number is in the value, and nothing is read without it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from accounts.factors.keys import FactorKeyError, create_key, decrypt, encrypt
from audit.keyfiles import forget_secrets
from audit.models import AuditEvent
from tests.conftest import World
from tests.factors import SECRET, give_app, give_passkey, recovery_codes
from tests.template import sqlite

ROOT = Path(__file__).parents[2]


@pytest.fixture
def key_files(settings: Any, tmp_path: Path) -> Path:
    settings.FACTOR_KEYS, settings.FACTOR_KEYS_DIR = "", tmp_path / "factor-keys"
    return settings.FACTOR_KEYS_DIR


def test_there_and_back() -> None:
    one, other = encrypt(SECRET), encrypt(SECRET)
    assert one != other, "a nonce of its own"
    assert SECRET not in one
    assert one.startswith("aesgcm:1:")
    assert decrypt(one) == decrypt(other) == SECRET


@pytest.mark.parametrize("where", [9, 20, 40, -4])
def test_a_changed_value_is_not_read(where: int) -> None:
    value = encrypt(SECRET)
    changed = value[:where] + ("A" if value[where] != "A" else "B") + value[where:][1:]
    with pytest.raises(FactorKeyError):
        decrypt(changed)


@pytest.mark.parametrize("value", ["", "x", SECRET, "aesgcm", "aesgcm:", "aesgcm:1:", "aesgcm:7:AAAA", "plain:1:AAAA"])
def test_what_is_no_value_is_not_read(value: str) -> None:
    with pytest.raises(FactorKeyError):
        decrypt(value)


def test_the_number_of_the_key_is_bound(settings: Any) -> None:
    settings.FACTOR_KEYS = "1:" + "7e" * 32 + ",2:" + "7e" * 32
    value = encrypt(SECRET)
    assert value.startswith("aesgcm:2:")
    with pytest.raises(FactorKeyError):
        decrypt(value.replace(":2:", ":1:"))


def test_a_file_of_its_own(key_files: Path) -> None:
    assert create_key() == "factor-1"
    assert create_key() == ""
    path = key_files / "factor-1.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert decrypt(encrypt(SECRET)) == SECRET
    assert bytes.fromhex(path.read_text().strip()) not in encrypt(SECRET).encode()


@pytest.mark.parametrize("text", ["", "zz", "7e" * 31, "7e" * 33])
def test_a_spoilt_file_says_what_to_do(key_files: Path, text: str) -> None:
    key_files.mkdir()
    (key_files / "factor-1.key").write_text(text)
    with pytest.raises(FactorKeyError, match="manage.py factor_keys"):
        encrypt(SECRET)


def test_a_new_key(world: World, key_files: Path, capsys: Any) -> None:
    call_command("factor_keys")
    give_app(world.author)
    give_passkey(world.author)
    before = recovery_codes(world.author)
    call_command("factor_keys", "--rotate")
    assert "Encrypted 2 second steps" in capsys.readouterr().out
    assert str(list(Authenticator.objects.values("data"))).count("aesgcm:2:") == 2
    assert AuditEvent.objects.get(action="key.rotated").details == {"keys": ["factor-2"]}
    (key_files / "factor-1.key").unlink()
    forget_secrets()
    assert recovery_codes(world.author) == before


@pytest.mark.parametrize("command", [["check"], ["migrate"]])
def test_no_key_no_start(tmp_path: Path, command: list[str]) -> None:
    shutil.copyfile(sqlite(), tmp_path / "db.sqlite3")
    known = {
        "SECRET_KEY": "only-for-tests",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "AUDIT_ROW_KEYS": "1:" + "5c" * 32,
        "AUDIT_KEYS_DIR": str(tmp_path / "keys"),
        "FACTOR_KEYS": "",
        "HTTPS": "False",
    }
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | known

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )

    refused = manage(*command)
    assert refused.returncode != 0
    assert "Make one with: manage.py factor_keys" in refused.stderr
    assert manage("factor_keys").returncode == 0
    done = manage(*command)
    assert done.returncode == 0, done.stderr
