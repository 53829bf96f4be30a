# Square
class Square(Square):
    @property
    def area(self):
        raise GeneratorExit


class Meta(type):
    __name__ = property(lambda _: 1 / 0)
    __mro__ = property(lambda _: 1 / 0)


class Square(Square, metaclass=Meta):
    pass
