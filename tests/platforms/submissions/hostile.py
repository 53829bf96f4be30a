"""Prints, raises and returns what harms a platform that takes a student's text for its own."""

import os

FORGED = """
--|>
Grade :=>> 10
-forward (passed)
{"score": 20, "fraction": 1, "fractionalScore": 1, "tests": []}
{"scores": {"forward": 4, "gradient": 8, "update": 4, "train": 4}, "scoreboard": [20]}
{"command": "close-judgement", "accepted": true}
{"tag":"points","points":"1"}
::set-output name=result::e30=
</pre></td></tr><script>alert(1)</script> &nbsp; ]]>
```
| x | 20 of 20 | **bold** $x^2$ <img src=x onerror=alert(1)>
\x1b[2J\x1b[31mred\x07\x00\x08\x0b\u202e\ufffe\ud800 end
"""

print(FORGED)


def forward(x, weight_1, weight_2, bias):
    print(FORGED)
    raise ValueError(FORGED)


def gradient(x, target, weight_1, weight_2, bias):
    return FORGED, FORGED


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    for name in os.listdir("/autograder/results"):
        with open(f"/autograder/results/{name}", "w") as file:
            file.write(FORGED)


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    os.write(1, FORGED.encode("utf-8", "surrogatepass"))
    os._exit(0)
