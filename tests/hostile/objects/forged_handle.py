# mean
def mean(values):
    packb = _msgpack().packb
    answer_with(extension(7, packb([77, "a number"])))
    leave()
