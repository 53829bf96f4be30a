def attack(scene, oracle):
    return open(scene["neighbour"]).read()
