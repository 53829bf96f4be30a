"""Autograders inside learning platforms: what each reads, what it is told, and its package.

A platform is one module: a pure function from an `Assessment` to the platform's documents, what
the platform says of a submission, and how its entry script is laid out. `table` names them all;
`engine` grades and writes, `packaging` builds what an instructor uploads.
"""
