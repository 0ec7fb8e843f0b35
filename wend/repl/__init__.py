"""The prompt of `wend repl`: try scripts and expressions on contacts, under a clock of your own.

`session` is what the prompt works on, `commands/` what can be typed, `terminal` the only part that knows a terminal.
"""
