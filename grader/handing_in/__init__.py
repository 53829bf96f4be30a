"""Handing in from the student's own computer: the client of a server's JSON interface."""
