"""Bringing courses over from nbgrader and otter; nothing of a source is ever run."""
