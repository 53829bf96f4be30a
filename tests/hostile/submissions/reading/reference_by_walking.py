import os


def attack(scene, oracle):
    for folder, _, names in os.walk(scene["course"]):
        for name in names:
            text = open(os.path.join(folder, name)).read()
            if "SECRET =" in text:
                return text
