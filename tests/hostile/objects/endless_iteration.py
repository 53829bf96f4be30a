# Stack
import itertools

Stack.__iter__ = lambda _: itertools.count()
