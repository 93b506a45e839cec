"""The process in which a file is read: file on stdin, extension as argument; a word and the new file on stdout.

Started by `apart`, never imported. It has limits of its own and dies of them alone.
"""

import os
import resource
import sys
import warnings

MEMORY = 600_000_000  # bytes of addresses; of real memory far less
SECONDS = 8  # of work
HERE = os.path.dirname(os.path.abspath(__file__))


def limit() -> None:
    for name, most in (("AS", MEMORY), ("CPU", SECONDS), ("FSIZE", 0), ("CORE", 0)):
        kind = getattr(resource, f"RLIMIT_{name}")
        _now, hard = resource.getrlimit(kind)
        low = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (low, low))
        except (OSError, ValueError):
            continue  # a system that does not know this limit, such as macOS for memory


def main() -> int:
    limit()
    sys.path[:0] = [os.path.dirname(os.path.dirname(HERE))]
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    from signals.filetypes.check import check
    from signals.filetypes.kinds import RefusedError

    try:
        found = check(content, sys.argv[1])
    except RefusedError as error:
        sys.stdout.buffer.write(b"no %s\n" % error.why.value.encode())
    else:
        sys.stdout.buffer.write(b"ok %s\n" % found.kind.value.encode() + found.content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())
