# Stack
Stack.__str__ = Stack.__repr__ = lambda _: "x" * 50_000_000
