import sys


def attack(scene, oracle):
    sys.path.insert(0, scene["solutions"])
    import patient

    return patient.SECRET
