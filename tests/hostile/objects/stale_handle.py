# mean
held = []


def mean(values):
    packb = _msgpack().packb
    held.append(extension(7, packb([len(held), "a number"])))
    answer_with(held)
    leave()
