import gc


def attack(scene, oracle):
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "SECRET" in thing:
            return thing["SECRET"]
