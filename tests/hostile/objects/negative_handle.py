# mean
def mean(values):
    answer_with(extension(7, _msgpack().packb([-1, "a number"])))
    leave()
