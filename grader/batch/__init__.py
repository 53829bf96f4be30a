"""Grading a whole class: many submissions, a journal, and what is written at the end."""
