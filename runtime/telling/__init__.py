"""What happened and why, or why not, for a person: from traces, and from the parts of the step itself."""
