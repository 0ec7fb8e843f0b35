"""`wend resume JOURNEY [PROJECT]`: switch a journey on again by hand."""

from wend.cli.switch import switching

command = switching("resume", off=False, text="Switch a journey on again that was paused.")
