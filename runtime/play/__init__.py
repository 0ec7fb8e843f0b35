"""The same step under a virtual clock: simulation, and `test` blocks."""
