"""The command line: thin commands, each in a module of its own, imported when it is called."""

from grader.cli.search_path import leave_out_working_folder

leave_out_working_folder()  # before anything else is imported

from grader.cli.group import main  # noqa: E402

__all__ = ["main"]
