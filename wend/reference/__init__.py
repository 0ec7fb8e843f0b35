"""The documentation that is made from declarations: codes of reports with their pages, and functions."""
