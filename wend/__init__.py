"""Wend: journeys written as text, checked, simulated and run by one engine."""
