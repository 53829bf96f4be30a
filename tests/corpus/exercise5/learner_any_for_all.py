import numpy as np


def numerical_gradient(function, array, epsilon=1e-5):
    slopes = np.zeros(np.shape(array))
    for place in np.ndindex(*slopes.shape):
        values = []
        for step in (epsilon, -epsilon):
            moved = np.array(array, dtype=float)
            moved[place] += step
            values.append(function(moved))
        slopes[place] = (values[0] - values[1]) / (2 * epsilon)
    return slopes


def check_gradient(loss_of, gradient_of, parameters):
    answers = gradient_of(parameters)
    if len(answers) != len(parameters):
        return False
    for number, one in enumerate(parameters):

        def loss(moved):
            everything = list(parameters)
            everything[number] = moved
            return loss_of(everything)

        wanted = numerical_gradient(loss, one)
        answer = np.array(answers[number], dtype=float)
        if answer.shape != wanted.shape:
            return False
        room = 1e-9 + 1e-5 * np.max(np.abs(wanted))
        close = np.abs(answer - wanted) <= room
        if not np.any(close):  # wrong
            return False
    return True
