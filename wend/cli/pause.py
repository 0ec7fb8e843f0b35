"""`wend pause JOURNEY [PROJECT]`: switch a journey off by hand."""

from wend.cli.switch import switching

command = switching(
    "pause", off=True, text="Switch a journey off: nobody enters and nothing fires, until `wend resume`."
)
