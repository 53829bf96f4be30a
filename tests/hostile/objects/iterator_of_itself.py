# Stack
Stack.__iter__ = lambda self: self
Stack.__next__ = lambda self: self
