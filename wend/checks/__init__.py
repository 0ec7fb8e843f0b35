"""What is wrong with a program beside its channels, its templates and its data, before anything is sent."""
