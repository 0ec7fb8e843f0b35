"""Wend inside another program: what a host compiles, hands in, and runs over a store."""
