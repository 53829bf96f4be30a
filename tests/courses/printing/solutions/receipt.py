"""A receipt: what is printed, asked for, read and written. The task is in receipt.md."""

from pathlib import Path

PRICES = Path("data") / "prices.csv"

# BEGIN SOLUTION
print("open")  # noqa: T201
# END SOLUTION


def receipt(prices):
    """Print a line for each name and price, with two decimals, then the total."""
    # BEGIN SOLUTION
    for name, price in prices.items():
        print(f"{name}: {price:.2f}")  # noqa: T201
    print(f"total: {sum(prices.values()):.2f}")  # noqa: T201
    # END SOLUTION


def ask_total():
    """Ask for numbers until the answer is empty, and print their sum."""
    # BEGIN SOLUTION
    total = 0.0
    while answer := input("price, or nothing: "):
        total += float(answer)
    print(total)  # noqa: T201
    # END SOLUTION


def report(path):
    """Write the names to a file, one a line, in capital letters."""
    # BEGIN SOLUTION
    import csv

    with PRICES.open(encoding="utf-8") as file:
        names = [row["name"].upper() for row in csv.DictReader(file)]
    Path(path).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    # END SOLUTION


def average():
    """Return the average price."""
    # BEGIN SOLUTION
    import csv

    with PRICES.open(encoding="utf-8") as file:
        prices = [float(row["price"]) for row in csv.DictReader(file)]
    return sum(prices) / len(prices)
    # END SOLUTION
