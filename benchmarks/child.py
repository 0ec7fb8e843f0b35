"""Runs a command and tells what it took: `python -m benchmarks.child COMMAND…`.

A process inherits the peak memory of the one that started it, so a small one has to stand between. It imports nothing
but the standard library.
"""

import json
import os
import subprocess
import sys
import tempfile
import time


def main() -> int:
    """Print as JSON what the command printed, its seconds, those of a processor, and its peak in MB."""
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        process = subprocess.Popen(sys.argv[1:], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            return 1
        out.seek(0)
        mb = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        print(json.dumps([out.read(), seconds, used.ru_utime + used.ru_stime, mb]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
