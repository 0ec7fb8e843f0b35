"""A project that runs: its checklist, its rounds, what is asked of it meanwhile, and test sends."""
