"""Starts workers from one process that has read everything: for each line on its input a fork, which is `manage.py
worker` with that environment. Its number comes back on the output."""

import json
import os
import signal
import sys

import django
from django.core.management import execute_from_command_line

from tests.faults import inject

django.setup()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
for line in sys.stdin:
    number = os.fork()
    if number:
        print(number, flush=True)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(wanted := json.loads(line))
    inject.jump(wanted.get("FAULTS_CLOCK", 0))
    execute_from_command_line(["manage.py", "worker"])
    os._exit(0)
