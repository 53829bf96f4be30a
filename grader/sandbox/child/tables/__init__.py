"""Tables of pandas and polars as columns of plain values, on both sides."""
