"""Faults that really happen: processes are killed, the database goes away, the disk fills up, the clock jumps.

The server is gunicorn and the worker `manage.py worker`, as in production, on the test's own database; requests go over
HTTP with a session and a token. `inject.py`, which only the settings of this folder bring in, makes things go wrong at
the k-th statement of a request.
"""
