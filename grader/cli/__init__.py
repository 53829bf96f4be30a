"""The command line: thin commands, each in a module of its own, imported when it is called."""

from grader.cli.group import main

__all__ = ["main"]
