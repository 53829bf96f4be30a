"""`python -m grader` is the command `bpgrade`."""

from grader.cli import main

if __name__ == "__main__":
    try:
        main()
    finally:
        # An interrupt amid the exec of a text, as dataclasses do it, is noted until the next one;
        # `python -m` would die of it in the end, whatever the exit code.
        exec("")
