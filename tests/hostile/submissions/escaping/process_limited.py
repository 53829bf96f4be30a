import resource


def attack(scene, oracle):
    resource.prlimit(scene["victim"], resource.RLIMIT_NOFILE, (3, 3))
    return scene["won"]
