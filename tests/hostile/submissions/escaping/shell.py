import subprocess


def attack(scene, oracle):
    return subprocess.check_output(["/bin/sh", "-c", f"cat {scene['reference']}"])
