"""How fast rules are evaluated and histories simulated, beside others; `python -m benchmarks`."""
