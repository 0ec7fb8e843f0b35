"""The command line: `wend COMMAND`. Each command is in the file of its name.

Exit codes: 0 done; 1 refused (a script, data, template, configuration or database is not as it should be); 2 wrong
usage; 3 done, but some messages have not been delivered and stay in the outbox; 130 interrupted.
"""

from wend.cli.app import main

__all__ = ["main"]
