"""The command line: thin commands, each in a module of its own, imported when it is called."""

from grader.interpreter import search_own_folders_first

search_own_folders_first()  # before anything else is imported

from grader.cli.entry import main  # noqa: E402

__all__ = ["main"]
