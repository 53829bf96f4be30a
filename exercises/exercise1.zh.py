"""题目 1：前向传播。题目说明见 exercise1.md。"""

import numpy as np


def sigmoid(z):
    """逐元素返回 1 / (1 + exp(-z))。

    Parameters
    ----------
    z : float 或任意形状的数组
        可以是任意大小：即使是 -1000 和 1000，也不溢出、不发出警告。

    Returns
    -------
    float 或与 z 形状相同的数组
        取值在 0 到 1 之间。`z` 本身保持不变。

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    raise NotImplementedError("sigmoid：在这里写你的代码")


def forward(x, weight_1, weight_2, bias):
    """返回隐藏单元和输出的值。

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


def loss(output, target):
    """返回误差平方和的一半。

    loss = ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2

    Parameters
    ----------
    output : 形状为 (2,) 的数组
    target : 形状为 (2,) 的数组

    Returns
    -------
    float
        一个数；output 与 target 相等时为 0。
    """
    raise NotImplementedError("loss：在这里写你的代码")


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    hidden, output = forward(x, weight_1, weight_2, bias)
    print("hidden", hidden)
    print("output", output)
    print("loss  ", loss(output, target))
