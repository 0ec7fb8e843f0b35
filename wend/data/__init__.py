"""Contacts and events that a command works on: a project's own, named files, made-up ones, and their declarations."""
