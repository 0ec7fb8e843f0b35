"""The language as data: the Lark grammar and the code that loads it."""
