"""What can be told of a checked program without running it: what never holds, what is never reached, what can happen.

`values` and `ranges` are a small sound analysis of conditions; every other file looks for one family of faults and
gives warnings. Nothing here refuses a program. A warning says what is certain, or says that something *can* happen.
"""
