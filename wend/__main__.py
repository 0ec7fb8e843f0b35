"""`python -m wend` is the command `wend`."""

from wend.cli import main

main()
