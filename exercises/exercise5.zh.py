"""题目 5：梯度检查器。题目说明见 exercise5.md。"""

import numpy as np


def numerical_gradient(function, array, epsilon=1e-5):
    """用中心差分返回 `function` 对 `array` 每个元素的导数。

    对元素 a：(f(a + epsilon) - f(a - epsilon)) / (2 * epsilon)，其余元素不变。

    Parameters
    ----------
    function : callable
        接受一个形状相同的数组，返回一个数。
    array : 任意形状的数组
        在哪里求导。它保持不变，元素可以是整数。
    epsilon : float
        每个元素向两个方向各移动多远。

    Returns
    -------
    形状相同的数组
    """
    raise NotImplementedError("numerical_gradient：在这里写你的代码")


def check_gradient(loss_of, gradient_of, parameters):
    """返回 `gradient_of` 给出的是否就是 `loss_of` 的梯度，每个元素都要对。

    梯度与中心差分之间只允许有舍入造成的差，大约是其最大元素的十万分之一，
    不能更大：弄混的下标、符号、倍数、
    某个数组的一个元素，都必须查出来。

    Parameters
    ----------
    loss_of : callable
        ``loss_of(parameters)`` 对一个数组列表返回损失，一个数。
    gradient_of : callable
        ``gradient_of(parameters)`` 返回一个数组列表，每个数组的梯度各一个。
    parameters : 数组的列表
        在哪里检查，例如 [weight_1, weight_2]。它们保持不变。

    Returns
    -------
    bool
        梯度正确时为 True；有任何元素错误、不是数（nan），或形状不对时
        为 False。
    """
    raise NotImplementedError("check_gradient：在这里写你的代码")


if __name__ == "__main__":
    at = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5])]
    print("right:", check_gradient(lambda p: np.sum(p[0] ** 2), lambda p: [2 * p[0], 0 * p[1]], at))
    print("wrong:", check_gradient(lambda p: np.sum(p[0] ** 2), lambda p: [p[0], p[1]], at))
