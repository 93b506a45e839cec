"""`manage.py escalate` as another program uses it: a process with lines in and lines out."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from escalation.vignettes import FILE

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "manage.py", "escalate"]
ENVIRONMENT = {
    **os.environ,
    "SECRET_KEY": "only-for-this-test",
    "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",  # the command needs no database
}
VIGNETTES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
GOOD = '{"sector": "vo", "concern": "wellbeing", "subject_role": "pupil"}'
START = '{"sector": "vo", "concern": "other", "subject_role": "pupil"'


def escalate(data, **environment):
    """Run the command; return exit status, answers and what it said on standard error."""
    data = data.encode() if isinstance(data, str) else data
    result = subprocess.run(
        COMMAND, input=data, capture_output=True, cwd=ROOT, env={**ENVIRONMENT, **environment}, check=False
    )
    answers = [json.loads(line) for line in result.stdout.decode("utf-8").splitlines()]
    return result.returncode, answers, result.stderr.decode()


def test_the_vignettes():
    status, answers, stderr = escalate("\n".join(json.dumps(v["facts"]) for v in VIGNETTES))
    assert (status, stderr) == (0, "")
    for vignette, answer in zip(VIGNETTES, answers, strict=True):
        assert list(answer) == ["protocol", "steps"]
        assert answer["protocol"] == "2026-11"
        assert [
            f"{s['recipient']} {s['obligation']} {s['basis']} {s['urgency']} {'+'.join(s['rules'])}"
            for s in answer["steps"]
        ] == vignette["steps"]
        for step in answer["steps"]:
            fields = ["recipient", "obligation", "basis", "urgency", "actor", "rules", "why", "source"]
            assert list(step) == fields
            assert set(step["why"]) == {"nl", "en"}


BAD = [
    (b"not json", "line"),
    (b"[]", "line"),
    (b"null", "line"),
    (b'"text"', "line"),
    (b'{"sector": "vo"', "line"),
    (b"{} {}", "line"),
    (b"{}", "sector"),
    (b'{"sector": "vo", "concern": "other"}', "subject_role"),
    ((START + ', "religion": "x"}').encode(), "religion"),
    ((START + ', "calamity": 1}').encode(), "calamity"),
    ((START + ', "departure": "maybe"}').encode(), "departure"),
    ((START + ', "shared_with": ["nobody"]}').encode(), "shared_with"),
    ((START + ', "calamity": true, "calamity": false}').encode(), "calamity"),
    ((START + ', "calamity": NaN}').encode(), "line"),
    ((START + ', "calamity": -Infinity}').encode(), "line"),
    ((START + ', "calamity": 1e999}').encode(), "calamity"),
    ((START + ', "\\ud800": true}').encode(), "\ud800"),
    (START.encode() + b', "x\xff": true}', "line"),
    (b"\xff\xfe", "line"),
    (b'{"a":' * 100_000, "line"),
    (b'{"sector": ' + b"9" * 5000 + b"}", "line"),
]


def test_bad_lines_name_the_field_and_the_rest_goes_on():
    lines = [line for bad, _ in BAD for line in (bad, GOOD.encode(), b"", b"  \r")]
    status, answers, stderr = escalate(b"\n".join(lines), PYTHONIOENCODING="ascii")
    assert status == 1
    assert f"Bad lines: {len(BAD)}." in stderr
    assert "Traceback" not in stderr
    assert [answer["field"] for answer in answers[::2]] == [field for _, field in BAD]
    assert all(set(answer) == {"error", "field"} and answer["error"] for answer in answers[::2])
    assert all(answer["protocol"] == "2026-11" for answer in answers[1::2])


@pytest.mark.parametrize("data", ["", "\n", "\n \n\r\n"])
def test_nothing_to_answer(data):
    assert escalate(data) == (0, [], "")


def test_the_last_line_needs_no_end_and_texts_are_not_escaped():
    status, answers, _ = escalate(GOOD)
    assert (status, len(answers)) == (0, 1)
    raw = subprocess.run(
        COMMAND, input=b'{"sector": "ko", "concern": "radicalisation", "subject_role": "pupil"}', cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True,
    )  # fmt: skip
    assert "ideeën" in raw.stdout.decode("utf-8")


def test_each_line_is_answered_before_the_next_is_read():
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT) as process:
        for _ in range(3):
            process.stdin.write(GOOD.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["steps"]
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_nobody_reads_the_answers_any_more():
    lines = (GOOD + "\n").encode() * 3000
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=ENVIRONMENT,
    ) as process:
        process.stdout.close()
        try:
            process.stdin.write(lines)
            process.stdin.close()
        except BrokenPipeError:
            process.stdin = None
        stderr = process.stderr.read()
        assert process.wait(timeout=60) == 0
        assert stderr == b""


def test_ten_thousand_lines():
    lines = "\n".join(json.dumps(VIGNETTES[number % 12]["facts"]) for number in range(10_000))
    before = worked()
    status, answers, _ = escalate(lines)
    assert (status, len(answers)) == (0, 10_000)
    assert worked() - before < 15  # about 1.5; of the processor, so that other work on this machine does not count


def worked() -> float:
    """How long the processes that this one started were at work, those that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
