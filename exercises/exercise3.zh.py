"""题目 3：完整的一步。题目说明见 exercise3.md。"""

import numpy as np


def sigmoid(z):
    """逐元素返回 1 / (1 + exp(-z))。

    你在题目 1 中写的函数：供 `forward` 调用，不再计分。
    """
    raise NotImplementedError("sigmoid：在这里写你的代码")


def forward(x, weight_1, weight_2, bias):
    """返回隐藏单元和输出的值，与题目 1 相同。

    hidden[j] = sigmoid(对 i 求和 x[i] * weight_1[i, j]，再加 bias[0])
    output[k] = sigmoid(对 j 求和 hidden[j] * weight_2[j, k]，再加 bias[1])

    Parameters
    ----------
    x : 形状为 (2,) 的数组
        输入。
    weight_1 : 形状为 (2, 2) 的数组
        weight_1[i, j] 连接输入 i 和隐藏单元 j。
    weight_2 : 形状为 (2, 2) 的数组
        weight_2[j, k] 连接隐藏单元 j 和输出 k。
    bias : 形状为 (2,) 的数组
        bias[0] 加到两个隐藏单元上，bias[1] 加到两个输出上。

    Returns
    -------
    hidden : 形状为 (2,) 的数组
    output : 形状为 (2,) 的数组
    """
    raise NotImplementedError("forward：在这里写你的代码")


def gradient(x, target, weight_1, weight_2, bias):
    """返回损失随每个权重怎样变化，与题目 2 相同。

    loss = ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2

    delta_2[k] = (output[k] - target[k]) * output[k] * (1 - output[k])
    gradient_2[j, k] = hidden[j] * delta_2[k]

    delta_1[j] = hidden[j] * (1 - hidden[j]) * (对 k 求和 weight_2[j, k] * delta_2[k])
    gradient_1[i, j] = x[i] * delta_1[j]

    delta_2[k] 和 delta_1[j] 表示损失随送入输出 k 和隐藏单元 j 的 sigmoid 的加权和
    怎样变化。

    Parameters
    ----------
    x : 形状为 (2,) 的数组
        输入。
    target : 形状为 (2,) 的数组
        输出应有的值。
    weight_1, weight_2 : 形状为 (2, 2) 的数组
        与 `forward` 中相同。
    bias : 形状为 (2,) 的数组
        与 `forward` 中相同。

    Returns
    -------
    gradient_1 : 形状为 (2, 2) 的数组
        gradient_1[i, j] 是对 weight_1[i, j] 的导数。
    gradient_2 : 形状为 (2, 2) 的数组
        gradient_2[j, k] 是对 weight_2[j, k] 的导数。
    """
    raise NotImplementedError("gradient：在这里写你的代码")


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """返回沿梯度的反方向走一步之后的权重。

    新的 weight_1[i, j] = weight_1[i, j] - learning_rate * gradient_1[i, j]
    新的 weight_2[j, k] = weight_2[j, k] - learning_rate * gradient_2[j, k]

    Parameters
    ----------
    weight_1, weight_2 : 形状为 (2, 2) 的数组
        它们保持不变：新的权重是新的数组。
    gradient_1, gradient_2 : 形状为 (2, 2) 的数组
        `gradient` 的返回值。
    learning_rate : float

    Returns
    -------
    weight_1 : 形状为 (2, 2) 的数组
    weight_2 : 形状为 (2, 2) 的数组
    """
    raise NotImplementedError("update：在这里写你的代码")


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    """返回 `steps` 次更新之后的权重，以及每次更新之前的损失。

    每一步：用当前的权重求损失，用当前的权重求两层的梯度，
    然后更新。偏置不参与训练。

    Parameters
    ----------
    x : 形状为 (2,) 的数组
        输入，每一步都相同。
    target : 形状为 (2,) 的数组
        输出应有的值。
    weight_1, weight_2 : 形状为 (2, 2) 的数组
        初始权重。它们保持不变。
    bias : 形状为 (2,) 的数组
        与 `forward` 中相同。
    learning_rate : float
    steps : int
        更新的次数；为 0 时权重原样返回，losses 为空。

    Returns
    -------
    weight_1 : 形状为 (2, 2) 的数组
    weight_2 : 形状为 (2, 2) 的数组
    losses : 形状为 (steps,) 的数组
        losses[0] 是第一次更新之前、用传入的权重算出的损失。
    """
    raise NotImplementedError("train：在这里写你的代码")


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    weight_1, weight_2, losses = train(x, target, weight_1, weight_2, bias, 0.5, 100)
    print("losses  ", losses[:3], "...", losses[-1])
    print("weight_1", weight_1, sep="\n")
    print("weight_2", weight_2, sep="\n")
