"""题目 4：找出下标错误。题目说明见 exercise4.md。"""

import numpy as np


def sigmoid(z):
    """逐元素返回 1 / (1 + exp(-z))。"""
    return 1 / (1 + np.exp(-z))


def step(x, target, weight_1, weight_2, bias, learning_rate):
    """返回训练一步之后的权重，以及这一步之前的损失。

    下面的代码能运行，损失也一步步下降，但它是错的：有些下标弄混了。
    请找出来并改正；其余的都不需要改动。

    Parameters
    ----------
    x : 形状为 (2,) 的数组
        输入。
    target : 形状为 (2,) 的数组
        输出应有的值。
    weight_1 : 形状为 (2, 2) 的数组
        weight_1[i, j] 连接输入 i 和隐藏单元 j。它保持不变。
    weight_2 : 形状为 (2, 2) 的数组
        weight_2[j, k] 连接隐藏单元 j 和输出 k。它保持不变。
    bias : 形状为 (2,) 的数组
        bias[0] 加到两个隐藏单元上，bias[1] 加到两个输出上。
    learning_rate : float

    Returns
    -------
    weight_1 : 形状为 (2, 2) 的数组
        新的权重，由旧权重处的梯度得出。
    weight_2 : 形状为 (2, 2) 的数组
    loss : float
        ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2，这一步之前的值。
    """
    old_1, old_2 = np.array(weight_1, dtype=float), np.array(weight_2, dtype=float)
    new_1, new_2 = old_1.copy(), old_2.copy()

    hidden = [0.0, 0.0]
    hidden[0] = sigmoid(x[0] * old_1[0, 0] + x[1] * old_1[1, 0] + bias[0])
    hidden[1] = sigmoid(x[0] * old_1[0, 1] + x[1] * old_1[1, 1] + bias[0])
    output = [0.0, 0.0]
    output[0] = sigmoid(hidden[0] * old_2[0, 0] + hidden[1] * old_2[1, 0] + bias[1])
    output[1] = sigmoid(hidden[0] * old_2[0, 1] + hidden[1] * old_2[1, 1] + bias[1])
    loss = ((target[0] - output[0]) ** 2 + (target[1] - output[1]) ** 2) / 2

    delta_0 = (output[0] - target[0]) * output[0] * (1 - output[0])
    delta_1 = (output[1] - target[1]) * output[1] * (1 - output[1])

    # 传回隐藏单元 0 和 1 的误差
    back_0 = delta_0 * old_2[0, 0] + delta_1 * old_2[1, 0]
    back_1 = delta_0 * old_2[0, 1] + delta_1 * old_2[1, 1]
    slope_0 = hidden[0] * (1 - hidden[0])
    slope_1 = hidden[1] * (1 - hidden[1])

    # 每个权重一行，从 w1 到 w8
    new_1[0, 0] = new_1[0, 0] - learning_rate * back_0 * slope_0 * x[0]
    new_1[1, 0] = new_1[0, 1] - learning_rate * back_0 * slope_0 * x[1]
    new_1[0, 1] = new_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]
    new_1[1, 1] = new_1[1, 1] - learning_rate * back_1 * slope_1 * x[1]
    new_2[0, 0] = new_2[0, 0] - learning_rate * delta_0 * hidden[0]
    new_2[1, 0] = new_2[0, 1] - learning_rate * delta_0 * hidden[1]
    new_2[0, 1] = new_2[1, 0] - learning_rate * delta_1 * hidden[0]
    new_2[1, 1] = new_2[1, 1] - learning_rate * delta_1 * hidden[1]
    return new_1, new_2, loss


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])
    for _ in range(100):
        weight_1, weight_2, loss = step(x, target, weight_1, weight_2, bias, 0.5)
    print("loss", loss)
    print("weight_1", weight_1, sep="\n")
    print("weight_2", weight_2, sep="\n")
