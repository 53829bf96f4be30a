"""题目 2：梯度。题目说明见 exercise2.md。"""

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
    """返回损失随每个权重怎样变化：损失对该权重的导数。

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


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
    print("gradient_1", gradient_1, sep="\n")
    print("gradient_2", gradient_2, sep="\n")
