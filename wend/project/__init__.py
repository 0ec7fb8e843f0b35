"""A project on disk: its settings and files, made into a checked program with templates."""
