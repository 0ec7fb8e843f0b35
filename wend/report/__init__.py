"""The report of a simulation: what was counted (`collected`), its charts (`charts`) and the page (`page`)."""
