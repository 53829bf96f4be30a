import os


def attack(scene, oracle):
    words = ["/bin/sh", "-c", f": > {scene['results']}"]
    os.waitpid(os.posix_spawn(words[0], words, {}), 0)
