"""The functions a script can call, one file a family."""
