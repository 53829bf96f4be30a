"""Grades in the files that learning platforms import, begun from the instructor's own exports."""
