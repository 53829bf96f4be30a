import numpy as np

class Netz:
    def __init__(self, gewichte_1, gewichte_2, schwellen):
        self.g1 = np.array(gewichte_1, float)
        self.g2 = np.array(gewichte_2, float)
        self.s = schwellen

    @staticmethod
    def sigma(t):
        return 1 / (1 + np.exp(-t))

    def vorwaerts(self, ein):
        self.ein = np.asarray(ein)
        self.mitte = self.sigma(self.ein @ self.g1 + self.s[0])
        self.aus = self.sigma(self.mitte @ self.g2 + self.s[1])
        return self.mitte, self.aus

    def rueckwaerts(self, soll):
        fehler = (self.aus - soll) * self.aus * (1 - self.aus)
        zurueck = (self.g2 @ fehler) * self.mitte * (1 - self.mitte ** 2)  # wrong
        return np.outer(self.ein, zurueck), np.outer(self.mitte, fehler)

    def schritt(self, soll, rate):
        self.vorwaerts(self.ein)
        d1, d2 = self.rueckwaerts(soll)
        self.g2 -= rate * d2
        self.g1 -= rate * d1

def forward(x, weight_1, weight_2, bias):
    return Netz(weight_1, weight_2, bias).vorwaerts(x)

def gradient(x, target, weight_1, weight_2, bias):
    netz = Netz(weight_1, weight_2, bias)
    netz.vorwaerts(x)
    return netz.rueckwaerts(target)

def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2

def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    netz = Netz(weight_1, weight_2, bias)
    verlauf = []
    for _ in range(steps):
        _, aus = netz.vorwaerts(x)
        verlauf.append(np.sum((np.array(target) - aus) ** 2) / 2)
        netz.schritt(target, learning_rate)
    return netz.g1, netz.g2, np.array(verlauf)
