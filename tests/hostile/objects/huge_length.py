# Stack
Stack.__len__ = lambda _: 1 << 80
