"""What a value is, and how it differs from the right one, in words: numbers, tables, figures."""
