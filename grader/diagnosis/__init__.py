"""Naming a student's mistake: which wrong program did they write?"""
