import sys


def attack(scene, oracle):
    for _ in range(40):
        sys.stdout.write("x" * 100_000)
        sys.stderr.write("x" * 100_000)
