"""Bringing courses over from nbgrader and otter: read as text, and graded once it is a course."""
