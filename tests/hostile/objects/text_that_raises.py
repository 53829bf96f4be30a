# Stack
def _refuse(_):
    raise KeyboardInterrupt("no")


Stack.__str__ = Stack.__repr__ = _refuse
