# Stack
def _loop(_):
    while True:
        pass


Stack.__str__ = Stack.__repr__ = Stack.__format__ = _loop
