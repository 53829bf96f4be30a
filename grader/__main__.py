"""`python -m grader` is the command `bpgrade`."""

from grader.cli import main

if __name__ == "__main__":
    main()
