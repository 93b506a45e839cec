"""The worker: one process, a thread for each part, so that a slow mail server holds up nothing else.

A thread that meets an error logs it and goes on. SIGTERM ends each after the round it is in.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import FrameType

from django.db import Error, close_old_connections, connection

from accounts.jobs import processes
from accounts.jobs.beats import QUEUE, beat, stumble
from accounts.jobs.queue import do_one, rescue_own
from accounts.jobs.registry import LOOPS, SCHEDULE
from accounts.jobs.schedule import Careful

logger = logging.getLogger(__name__)
BEAT = 20  # seconds between signs of life: more often only wears the disk
QUEUE_SECONDS, SCHEDULE_SECONDS = 1.0, 20.0


@dataclass(frozen=True)
class Part:
    name: str
    run: Callable[[], object]
    seconds: float


def all_parts(stop: threading.Event, without: Collection[str] = ()) -> list[Part]:
    """What this worker does, until `stop`."""
    names = [name for name in (SCHEDULE, QUEUE, *LOOPS) if name not in without]
    own = {
        SCHEDULE: Part(SCHEDULE, Careful(names), SCHEDULE_SECONDS),
        QUEUE: Part(QUEUE, Queue(processes.me(), stop).round, QUEUE_SECONDS),
    }
    return [own.get(name) or Part(name, LOOPS[name].run, LOOPS[name].seconds) for name in names]


class Queue:
    """Does what waits in the queue: one thing at a time, in the one thread that calls it."""

    def __init__(self, worker: str, stop: threading.Event) -> None:
        self.worker, self.stop, self.broken_off = worker, stop, False

    def round(self) -> None:
        """For a while; then the worker gives a sign of life. First what an outage of the database broke off."""
        if self.broken_off:
            rescue_own(self.worker)
        self.broken_off = True  # unless this round comes to its end
        until = time.monotonic() + BEAT
        while time.monotonic() < until and not self.stop.is_set() and do_one(self.worker):
            pass
        self.broken_off = False


class Worker:
    """Runs parts until it is told to stop."""

    def __init__(self, without: Collection[str] = ()) -> None:
        self.stop = threading.Event()
        parts = all_parts(self.stop, without)
        self.threads = [threading.Thread(target=self._go, args=[part], name=part.name) for part in parts]

    def run(self) -> bool:
        """Until SIGTERM or SIGINT; False when a part died of something that nobody foresaw."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)
        for thread in self.threads:
            thread.start()
        while not self.stop.wait(1) and all(thread.is_alive() for thread in self.threads):
            pass
        well = self.stop.is_set()
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return well

    def _told(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()

    def _go(self, part: Part) -> None:
        seen = -float(BEAT)
        try:
            while not self.stop.is_set():
                seen = once(part, seen)
                close_old_connections()
                self.stop.wait(part.seconds)
        finally:
            connection.close()


def once(part: Part, seen: float) -> float:
    """One round and, now and then, the sign of life; returns when that was."""
    try:
        try:
            part.run()
        except Exception as error:
            logger.exception("The part %s of the worker could not do its round.", part.name)
            if not isinstance(error, Error):  # then there is nowhere to write it
                stumble(part.name, error)
            return seen
        if time.monotonic() - seen >= BEAT:
            beat(part.name)
            return time.monotonic()
    except Error:
        logger.exception("The part %s of the worker can't reach the database.", part.name)
    return seen
