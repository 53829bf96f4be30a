import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def background():
    x = [0.99, 0.01]
    target = [0.1, 0.89]
    weight_1 = [[0.35, 0.55], [0.90, 0.36]]
    weight_2 = [[0.60, 0.77], [0.96, 0.89]]
    bias = [0.23, 0.79]
    count = 1001
    while count > 1:
        count = count - 1
        hidden, output = forward(x, weight_1, weight_2, bias)
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, 0.5)
    print(output)
    print(weight_1)
    print(weight_2)


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(np.dot(x, weight_1) + bias[0])
    output = sigmoid(np.dot(hidden, weight_2) + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    error = (output - target) * output * (1 - output)
    gradient_2 = [[hidden[0] * error[0], hidden[0] * error[1]],
                  [hidden[1] * error[0], hidden[1] * error[1]]]
    back_1 = error[0] * weight_2[0][0] + error[1] * weight_2[1][0]
    back_2 = error[0] * weight_2[0][1] + error[1] * weight_2[1][1]
    slope_1 = hidden[0] * (1 - hidden[0])
    slope_2 = hidden[1] * (1 - hidden[1])
    gradient_1 = [[back_1 * slope_1 * x[0], back_2 * slope_2 * x[0]],
                  [back_1 * slope_1 * x[1], back_2 * slope_2 * x[1]]]
    return gradient_1, gradient_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    weight_1 = np.array(weight_1)
    weight_2 = np.array(weight_2)
    for weight, slope in ((weight_1, gradient_1), (weight_2, gradient_2)):
        weight[0][0] = weight[0][0] - learning_rate * slope[0][0]
        weight[1][0] = weight[0][1] - learning_rate * slope[1][0]
        weight[0][1] = weight[1][0] - learning_rate * slope[0][1]
        weight[1][1] = weight[1][1] - learning_rate * slope[1][1]
    return weight_1, weight_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for step in range(steps):
        hidden, output = forward(x, weight_1, weight_2, bias)
        losses.append(sum((target - output) ** 2) / 2)
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)
    return weight_1, weight_2, losses


background()
