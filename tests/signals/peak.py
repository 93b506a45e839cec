"""Has a PDF on its input checked in a process of its own. Prints why it was refused and the memory that took, in kB.

In a process that did nothing else: of the processes that one started only the largest is known, and each of them counts
as large as its parent was when it was started.
"""

import resource
import sys

from signals.filetypes.apart import check_apart
from signals.filetypes.kinds import RefusedError

try:
    check_apart(sys.stdin.buffer.read(), "pdf")
except RefusedError as error:
    print(error.why, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
