def plot_losses(steps, training, test):
    lines = [[array("f8", [2**40], b""), array("f8", [1], b"\0" * 8), "training", "", "-", "", 1.0]]
    answer_with([[extension(19, b""), "", [lines], [], [1.0, 1.0], b""]])
