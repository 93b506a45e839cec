"""Background work. `job(…)` or `regularly(…)` when an app starts, `enqueue(…)` in the transaction of a change.

from accounts.jobs.registry import job, regularly, loop
from accounts.jobs.queue import enqueue
"""
