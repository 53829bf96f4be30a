# Übung 3: Rückwärtsschritt – Größen in der Vorlesung: δ₁, δ₂, η
# 第三题：反向传播
# упражнение 3
import numpy as np

ŋ = "naïve 🙂"


def σ(z):
    """σ(z) = 1 / (1 + e⁻ᶻ)"""
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    # versteckte Schicht
    hidden = σ(x @ weight_1 + bias[0])
    return hidden, σ(hidden @ weight_2 + bias[1])


def gradient(x, target, weight_1, weight_2, bias):
    # règle de la chaîne
    hidden, output = forward(x, weight_1, weight_2, bias)
    δ2 = (output - target) * output * (1 - output)
    δ1 = hidden * (1 - hidden) * (weight_2 @ δ2)
    return np.outer(x, δ1), np.outer(hidden, δ2)


def update(weight_1, weight_2, gradient_1, gradient_2, η):
    return weight_1 - η * gradient_1, weight_2 - η * gradient_2


def train(x, target, weight_1, weight_2, bias, η, steps):
    losses = []
    for _ in range(steps):
        output = forward(x, weight_1, weight_2, bias)[1]
        losses.append(((target - output) ** 2).sum() / 2)
        weight_1, weight_2 = update(
            weight_1, weight_2, *gradient(x, target, weight_1, weight_2, bias), η
        )
    return weight_1, weight_2, losses
