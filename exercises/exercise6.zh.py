"""题目 6：任意深度、小批量、偏置。题目说明见 exercise6.md。"""

import numpy as np


def sigmoid(z):
    """逐元素返回 1 / (1 + exp(-z))。"""
    return 1 / (1 + np.exp(-z))


def forward(X, weights, biases):
    """一次返回所有样本在每一层的值。

    activations[0] = X
    activations[l + 1] = sigmoid(activations[l] @ weights[l] + biases[l])

    Parameters
    ----------
    X : 形状为 (n, d) 的数组
        每行一个样本。
    weights : 数组的列表
        weights[l][i, j] 连接第 l 层的单元 i 和第 l + 1 层的单元 j。
    biases : 数组的列表
        biases[l][j] 加到第 l + 1 层的单元 j 上。

    Returns
    -------
    activations : 数组的列表，比 weights 多一个
        activations[l] 的形状是 (n, 第 l 层的单元数)；最后一个是输出。
    """
    raise NotImplementedError("forward：在这里写你的代码")


def gradient(X, Y, weights, biases):
    """返回损失随每个权重和每个偏置怎样变化。

    loss = 对样本取平均：(对输出求和 (output - target)**2) / 2

    最后一层 delta = (output - Y) * output * (1 - output) / n；之前的每一层
    delta_l = activations[l] * (1 - activations[l]) * (delta_next @ weights[l].T)。

    Parameters
    ----------
    X : 形状为 (n, d) 的数组
    Y : 形状为 (n, outputs) 的数组
        输出应有的值。
    weights, biases : 数组的列表
        与 `forward` 中相同。

    Returns
    -------
    weight_gradients : 数组的列表，形状与 `weights` 相同
    bias_gradients : 数组的列表，形状与 `biases` 相同
    """
    raise NotImplementedError("gradient：在这里写你的代码")


def train(X, Y, weights, biases, learning_rate, steps, batch_size, rng):
    """返回 `steps` 次更新之后的权重和偏置，以及每次更新之前的损失。

    每一步：用当前的权重求全部 X 上的损失；取一批样本，行号为
    ``rng.permutation(len(X))[:batch_size]``；求这一批的梯度；更新
    所有权重和偏置。

    Parameters
    ----------
    X, Y, weights, biases
        与 `gradient` 中相同。它们都保持不变。
    learning_rate : float
    steps : int
    batch_size : int
    rng : numpy.random.Generator
        每一步抽取一次。

    Returns
    -------
    weights, biases : 数组的列表
    losses : 形状为 (steps,) 的数组
        每次更新之前、全部样本上的损失。
    """
    raise NotImplementedError("train：在这里写你的代码")


if __name__ == "__main__":
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    start = np.random.default_rng(1)
    weights = [start.normal(size=(2, 4)), start.normal(size=(4, 1))]
    biases = [np.zeros(4), np.zeros(1)]
    weights, biases, losses = train(X, Y, weights, biases, 5.0, 3000, 4, np.random.default_rng(0))
    print("losses", losses[0], "...", losses[-1])
    print("outputs", forward(X, weights, biases)[-1].round(2).ravel())
