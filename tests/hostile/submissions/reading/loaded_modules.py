import sys


def attack(scene, oracle):
    for module in list(sys.modules.values()):
        if hasattr(module, "SECRET"):
            return module.SECRET
