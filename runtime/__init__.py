"""From a checked program to what happens: values, evaluation, step, tick, state, stores, channels, simulation."""
