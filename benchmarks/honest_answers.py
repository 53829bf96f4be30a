# ruff: noqa: E501
"""Right answers to exercise 3, each put together from choices that students make for themselves.

A template is code in which `{one|other}` is a choice, the likely ones first, and `<hid>` a name
that the student gives to the hidden units. Choices may hold choices. There are very many answers,
and yet half of a class chooses much the same: that is what honest answers are like.

Example
-------
    python benchmarks/honest_answers.py 3
"""

from __future__ import annotations

import random
import re
import sys
from typing import Final

NAMES: Final = {
    "z": "z x a v s value t",
    "e": "e ez exp_z tmp",
    "r": "result res r value answer y",
    "hid": "hidden h hid a1 hidden_layer out_h layer_1 h_out act_1 activation",
    "out": "output o out a2 output_layer out_o layer_2 y_hat pred result",
    "net1": "net_h z1 net1 z_hidden sum_h hidden_in in_h total_1",
    "net2": "net_o z2 net2 z_output sum_o output_in in_o total_2",
    "err": "error err diff e delta_e difference miss",
    "d2": "delta_2 d2 delta_o delta_out d_out delta_output error_o dz2 do",
    "d1": "delta_1 d1 delta_h delta_hid d_hid delta_hidden error_h dz1 dh",
    "back": "back back_sum weighted signal s total backward sum_k from_output",
    "g1": "gradient_1 g1 grad_1 grad1 dw1 gw1 first d_weight_1 G1",
    "g2": "gradient_2 g2 grad_2 grad2 dw2 gw2 second d_weight_2 G2",
    "n1": "new_1 new_weight_1 w1_new w1 updated_1 new_w1 first",
    "n2": "new_2 new_weight_2 w2_new w2 updated_2 new_w2 second",
    "i": "i a row m",
    "j": "j b h n col",
    "k": "k o c q",
    "sum": "total s summe acc net value z",
    "losses": "losses loss history loss_list all_losses errors L",
    "loss": "loss l error e current loss_value cost",
    "step": "step _ i epoch t n iteration",
}

SIGMOID: Final = """\
def sigmoid(<z>):
    {return 1 / (1 + np.exp(-<z>))|return 1.0 / (1.0 + np.exp(-<z>))|<r> = 1 / (1 + np.exp(-<z>))
    return <r>|return 1 / (np.exp(-<z>) + 1)|<e> = np.exp(-<z>)
    return 1 / (1 + <e>)|return np.exp(<z>) / (1 + np.exp(<z>))|return 0.5 * (1 + np.tanh(<z> / 2))}
"""
FORWARD: Final = (
    """\
def forward(x, weight_1, weight_2, bias):
    {<net1> = {x @ weight_1|np.dot(x, weight_1)|weight_1.T @ x|x.dot(weight_1)|np.matmul(x, weight_1)} + bias[0]
    <hid> = sigmoid(<net1>)|<hid> = sigmoid({x @ weight_1|np.dot(x, weight_1)|weight_1.T @ x} + bias[0])|<hid> = sigmoid(bias[0] + {x @ weight_1|np.dot(x, weight_1)})}
    {<net2> = {<hid> @ weight_2|np.dot(<hid>, weight_2)|weight_2.T @ <hid>|<hid>.dot(weight_2)|np.matmul(<hid>, weight_2)} + bias[1]
    <out> = sigmoid(<net2>)|<out> = sigmoid({<hid> @ weight_2|np.dot(<hid>, weight_2)|weight_2.T @ <hid>} + bias[1])|<out> = sigmoid(bias[1] + {<hid> @ weight_2|np.dot(<hid>, weight_2)})}
    return <hid>, <out>
""",
    """\
def forward(x, weight_1, weight_2, bias):
    <hid> = {np.zeros(2)|np.zeros(weight_1.shape[1])|np.empty(2)|[0.0, 0.0]}
    for <j> in range({2|len(<hid>)|weight_1.shape[1]}):
        {<sum> = {0|0.0}
        for <i> in range({2|len(x)}):
            <sum> {+= x[<i>] * weight_1[<i>, <j>]|= <sum> + x[<i>] * weight_1[<i>, <j>]|+= weight_1[<i>][<j>] * x[<i>]}
        <hid>[<j>] = sigmoid(<sum> + bias[0])|<sum> = bias[0]
        for <i> in range({2|len(x)}):
            <sum> {+= x[<i>] * weight_1[<i>, <j>]|= <sum> + x[<i>] * weight_1[<i>, <j>]|+= weight_1[<i>][<j>] * x[<i>]}
        <hid>[<j>] = {sigmoid(<sum>)|1 / (1 + np.exp(-<sum>))}}
    <out> = {np.zeros(2)|np.zeros(weight_2.shape[1])|np.empty(2)|[0.0, 0.0]}
    for <k> in range({2|len(<out>)|weight_2.shape[1]}):
        {<sum> = {0|0.0}
        for <j> in range({2|len(<hid>)}):
            <sum> {+= <hid>[<j>] * weight_2[<j>, <k>]|= <sum> + <hid>[<j>] * weight_2[<j>, <k>]|+= weight_2[<j>][<k>] * <hid>[<j>]}
        <out>[<k>] = sigmoid(<sum> + bias[1])|<sum> = bias[1]
        for <j> in range({2|len(<hid>)}):
            <sum> {+= <hid>[<j>] * weight_2[<j>, <k>]|= <sum> + <hid>[<j>] * weight_2[<j>, <k>]|+= weight_2[<j>][<k>] * <hid>[<j>]}
        <out>[<k>] = {sigmoid(<sum>)|1 / (1 + np.exp(-<sum>))}}
    return {<hid>, <out>|np.array(<hid>), np.array(<out>)}
""",
    """\
def forward(x, weight_1, weight_2, bias):
    {<net1>1 = x[0] * weight_1[0, 0] + x[1] * weight_1[1, 0] + bias[0]
    <net1>2 = x[0] * weight_1[0, 1] + x[1] * weight_1[1, 1] + bias[0]
    <hid>1{, <hid>2 = sigmoid(<net1>1), sigmoid(<net1>2)| = sigmoid(<net1>1)
    <hid>2 = sigmoid(<net1>2)}|<hid>1 = sigmoid({x[0] * weight_1[0][0] + x[1] * weight_1[1][0]|weight_1[0][0] * x[0] + weight_1[1][0] * x[1]} + bias[0])
    <hid>2 = sigmoid({x[0] * weight_1[0][1] + x[1] * weight_1[1][1]|weight_1[0][1] * x[0] + weight_1[1][1] * x[1]} + bias[0])}
    <hid> = np.array([<hid>1, <hid>2])
    {<net2>1 = <hid>1 * weight_2[0, 0] + <hid>2 * weight_2[1, 0] + bias[1]
    <net2>2 = <hid>1 * weight_2[0, 1] + <hid>2 * weight_2[1, 1] + bias[1]
    <out> = {sigmoid(np.array([<net2>1, <net2>2]))|np.array([sigmoid(<net2>1), sigmoid(<net2>2)])}|<out>1 = sigmoid({<hid>[0] * weight_2[0][0] + <hid>[1] * weight_2[1][0]|weight_2[0][0] * <hid>1 + weight_2[1][0] * <hid>2} + bias[1])
    <out>2 = sigmoid({<hid>[0] * weight_2[0][1] + <hid>[1] * weight_2[1][1]|weight_2[0][1] * <hid>1 + weight_2[1][1] * <hid>2} + bias[1])
    <out> = np.array([<out>1, <out>2])}
    return <hid>, <out>
""",
)  # fmt: skip
_SLOPE: Final = "<out> * (1 - <out>)|(1 - <out>) * <out>|(<out> - <out> ** 2)"
GRADIENT: Final = (
    """\
def gradient(x, target, weight_1, weight_2, bias):
    <hid>, <out> = forward(x, weight_1, weight_2, bias)
    {<d2> = {(<out> - target) * {SLOPE}|-(target - <out>) * {SLOPE}|{SLOPE} * (<out> - target)}|<err> = <out> - target
    <d2> = <err> * {SLOPE}|<err> = target - <out>
    <d2> = -<err> * {SLOPE}}
    {<d1> = {(weight_2 @ <d2>)|np.dot(weight_2, <d2>)|weight_2.dot(<d2>)} * <hid> * (1 - <hid>)|<d1> = <hid> * (1 - <hid>) * {(weight_2 @ <d2>)|np.dot(weight_2, <d2>)|np.sum(weight_2 * <d2>, axis=1)}|<back> = {weight_2 @ <d2>|np.dot(weight_2, <d2>)|<d2> @ weight_2.T|(weight_2 * <d2>).sum(axis=1)}
    <d1> = <back> * <hid> * (1 - <hid>)}
    {<g1> = {np.outer(x, <d1>)|x[:, None] * <d1>|x.reshape(2, 1) * <d1>|np.outer(<d1>, x).T}
    <g2> = {np.outer(<hid>, <d2>)|<hid>[:, None] * <d2>|<hid>.reshape(2, 1) * <d2>|np.outer(<d2>, <hid>).T}
    return <g1>, <g2>|return np.outer(x, <d1>), np.outer(<hid>, <d2>)|<g2> = {np.outer(<hid>, <d2>)|<hid>[:, np.newaxis] * <d2>}
    <g1> = {np.outer(x, <d1>)|x[:, np.newaxis] * <d1>}
    return <g1>, <g2>}
""",
    """\
def gradient(x, target, weight_1, weight_2, bias):
    <hid>, <out> = forward(x, weight_1, weight_2, bias)
    <d2> = {np.zeros(2)|[0, 0]|np.empty(2)}
    for <k> in range({2|len(target)|len(<out>)}):
        {<d2>[<k>] = (<out>[<k>] - target[<k>]) * <out>[<k>] * (1 - <out>[<k>])|<err> = <out>[<k>] - target[<k>]
        <d2>[<k>] = <err> * <out>[<k>] * (1 - <out>[<k>])|<d2>[<k>] = -(target[<k>] - <out>[<k>]) * <out>[<k>] * (1 - <out>[<k>])}
    <d1> = {np.zeros(2)|[0, 0]|np.empty(2)}
    for <j> in range({2|len(<hid>)}):
        {<back> = 0|<back> = 0.0}
        for <k> in range({2|len(<d2>)}):
            <back> {+= weight_2[<j>, <k>] * <d2>[<k>]|+= <d2>[<k>] * weight_2[<j>][<k>]|= <back> + weight_2[<j>][<k>] * <d2>[<k>]}
        <d1>[<j>] = {<back> * <hid>[<j>] * (1 - <hid>[<j>])|<hid>[<j>] * (1 - <hid>[<j>]) * <back>}
    <g1> = {np.zeros((2, 2))|np.zeros_like(weight_1)|np.empty((2, 2))}
    <g2> = {np.zeros((2, 2))|np.zeros_like(weight_2)|np.empty((2, 2))}
    for <i> in range(2):
        for <j> in range(2):
            {<g1>[<i>, <j>] = {x[<i>] * <d1>[<j>]|<d1>[<j>] * x[<i>]}
            <g2>[<i>, <j>] = {<hid>[<i>] * <d2>[<j>]|<d2>[<j>] * <hid>[<i>]}|<g1>[<i>][<j>] = {x[<i>] * <d1>[<j>]|<d1>[<j>] * x[<i>]}
    for <j> in range(2):
        for <k> in range(2):
            <g2>[<j>][<k>] = {<hid>[<j>] * <d2>[<k>]|<d2>[<k>] * <hid>[<j>]}}
    return <g1>, <g2>
""",
    """\
def gradient(x, target, weight_1, weight_2, bias):
    <hid>, <out> = forward(x, weight_1, weight_2, bias)
    <d2>1 = {(<out>[0] - target[0]) * <out>[0] * (1 - <out>[0])|-(target[0] - <out>[0]) * <out>[0] * (1 - <out>[0])}
    <d2>2 = {(<out>[1] - target[1]) * <out>[1] * (1 - <out>[1])|-(target[1] - <out>[1]) * <out>[1] * (1 - <out>[1])}
    {<g2> = np.array([[<d2>1 * <hid>[0], <d2>2 * <hid>[0]], [<d2>1 * <hid>[1], <d2>2 * <hid>[1]]])|<g2> = np.zeros((2, 2))
    <g2>[0, 0] = {<d2>1 * <hid>[0]|<hid>[0] * <d2>1}
    <g2>[0, 1] = {<d2>2 * <hid>[0]|<hid>[0] * <d2>2}
    <g2>[1, 0] = {<d2>1 * <hid>[1]|<hid>[1] * <d2>1}
    <g2>[1, 1] = {<d2>2 * <hid>[1]|<hid>[1] * <d2>2}}
    <d1>1 = {(<d2>1 * weight_2[0, 0] + <d2>2 * weight_2[0, 1]) * <hid>[0] * (1 - <hid>[0])|<hid>[0] * (1 - <hid>[0]) * (weight_2[0][0] * <d2>1 + weight_2[0][1] * <d2>2)}
    <d1>2 = {(<d2>1 * weight_2[1, 0] + <d2>2 * weight_2[1, 1]) * <hid>[1] * (1 - <hid>[1])|<hid>[1] * (1 - <hid>[1]) * (weight_2[1][0] * <d2>1 + weight_2[1][1] * <d2>2)}
    {<g1> = np.array([[<d1>1 * x[0], <d1>2 * x[0]], [<d1>1 * x[1], <d1>2 * x[1]]])|<g1> = np.zeros((2, 2))
    <g1>[0, 0] = {<d1>1 * x[0]|x[0] * <d1>1}
    <g1>[0, 1] = {<d1>2 * x[0]|x[0] * <d1>2}
    <g1>[1, 0] = {<d1>1 * x[1]|x[1] * <d1>1}
    <g1>[1, 1] = {<d1>2 * x[1]|x[1] * <d1>2}}
    return <g1>, <g2>
""",
)  # fmt: skip
UPDATE: Final = (
    """\
def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    {<n1> = weight_1 - {learning_rate * gradient_1|gradient_1 * learning_rate}
    <n2> = weight_2 - {learning_rate * gradient_2|gradient_2 * learning_rate}
    return <n1>, <n2>|return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2|weight_1 = weight_1 - learning_rate * gradient_1
    weight_2 = weight_2 - learning_rate * gradient_2
    return weight_1, weight_2|return (
        weight_1 - gradient_1 * learning_rate,
        weight_2 - gradient_2 * learning_rate,
    )}
""",
    """\
def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    <n1> = {weight_1.copy()|np.zeros((2, 2))|np.zeros_like(weight_1)|np.array(weight_1)}
    <n2> = {weight_2.copy()|np.zeros((2, 2))|np.zeros_like(weight_2)|np.array(weight_2)}
    for <i> in range(2):
        for <j> in range(2):
            <n1>[<i>, <j>] = weight_1[<i>, <j>] - {learning_rate * gradient_1[<i>, <j>]|gradient_1[<i>, <j>] * learning_rate}
            <n2>[<i>, <j>] = weight_2[<i>, <j>] - {learning_rate * gradient_2[<i>, <j>]|gradient_2[<i>, <j>] * learning_rate}
    return <n1>, <n2>
""",
)  # fmt: skip
TRAIN: Final = (
    """\
def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    <losses> = {[]|np.zeros(steps)|[0.0] * steps}
    for <step> in range(steps):
        {<hid>, <out> = forward(x, weight_1, weight_2, bias)|_, <out> = forward(x, weight_1, weight_2, bias)|<out> = forward(x, weight_1, weight_2, bias)[1]}
        {APPEND}
        {<g1>, <g2> = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, <g1>, <g2>, learning_rate)|weight_1, weight_2 = update(weight_1, weight_2, *gradient(x, target, weight_1, weight_2, bias), learning_rate)}
    return weight_1, weight_2, {<losses>|np.array(<losses>)}
""",
)  # fmt: skip
_APPEND: Final = {
    "[]": "<losses>.append({0.5 * np.sum((target - <out>) ** 2)|np.sum((target - <out>) ** 2) / 2|"
    "((target[0] - <out>[0]) ** 2 + (target[1] - <out>[1]) ** 2) / 2|"
    "sum((target - <out>) ** 2) / 2|0.5 * ((<out> - target) ** 2).sum()})"
    "|<loss> = {0.5 * np.sum((target - <out>) ** 2)|np.sum((<out> - target) ** 2) / 2|"
    "((target - <out>) ** 2).sum() / 2}\n        <losses>.append(<loss>)",
}
COMMENTS: Final = (
    "forward pass", "hidden layer", "output layer", "chain rule", "backprop", "the output's delta",
    "now the hidden units", "gradient descent", "update the weights", "squared error",
    "half because of the derivative", "loop over all steps", "same as in exercise 1", "see the blog",
    "not sure about this", "works now", "derivative of the sigmoid", "save the loss", "return both",
)  # fmt: skip
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")


def answer(rng: random.Random) -> list[str]:
    """Return the functions of one answer; the names and manners of one student go through all."""
    names: dict[str, str] = {}
    for role, some in NAMES.items():
        free = [name for name in some.split() if name not in names.values()]
        names[role] = _likely(rng, free, 0.45)
    talks = rng.random() ** 2 * 0.35
    style = rng.choices((0, 1, 2), (0.62, 0.25, 0.13))[0]
    parts = [SIGMOID, FORWARD[style], GRADIENT[style]]
    parts += [UPDATE[1 if style == 1 and rng.random() < 0.5 else 0], TRAIN[0]]
    return [_commented(_named(_chosen(part, rng), names), talks, rng) for part in parts]


def _likely(rng: random.Random, some: list[str], favour: float) -> str:
    """Return one of several: the first most often, the last hardly ever."""
    for one in some[:-1]:
        if rng.random() < favour:
            return one
    return some[-1]


def _chosen(text: str, rng: random.Random) -> str:
    text = text.replace("{SLOPE}", f"{{{_SLOPE}}}").replace("{APPEND}", f"{{{_APPEND['[]']}}}")
    while found := _CHOICE.search(text):
        one = _likely(rng, found[1].split("|"), 0.5)
        text = text[: found.start()] + one + text[found.end() :]
    return _with_kept_losses(text)


def _with_kept_losses(text: str) -> str:
    """Return `train` with losses put into their places where it has made these before."""
    if "<losses> = []" in text or "<losses>" not in text:
        return text
    return re.sub(r"<losses>\.append\((.*)\)", r"<losses>[<step>] = \1", text).replace(
        "for <step> in", "for <count> in"
    ).replace("[<step>]", "[<count>]")  # fmt: skip


def _named(text: str, names: dict[str, str]) -> str:
    text = text.replace("<count>", "i" if names["step"] == "_" else names["step"])
    return re.sub(r"<(\w+)>", lambda found: names[found[1]], text)


def _commented(text: str, often: float, rng: random.Random) -> str:
    lines: list[str] = []
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        indent = line[: len(line) - len(line.lstrip())]
        if number and rng.random() < often:
            lines.append(f"{indent}# {rng.choice(COMMENTS)}")
        if number > 1 and rng.random() < often / 3:
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    draw = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print("\n\n".join(("import numpy as np\n", *answer(draw))))
