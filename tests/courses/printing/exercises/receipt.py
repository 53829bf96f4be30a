"""A receipt: what is printed, asked for, read and written. The task is in receipt.md."""

from pathlib import Path

PRICES = Path("data") / "prices.csv"


def receipt(prices):
    """Print a line for each name and price, with two decimals, then the total."""
    raise NotImplementedError("receipt: put your own code here")


def ask_total():
    """Ask for numbers until the answer is empty, and print their sum."""
    raise NotImplementedError("ask_total: put your own code here")


def report(path):
    """Write the names to a file, one a line, in capital letters."""
    raise NotImplementedError("report: put your own code here")


def average():
    """Return the average price."""
    raise NotImplementedError("average: put your own code here")
