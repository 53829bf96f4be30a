from solutions.exercise1 import forward, loss, sigmoid
