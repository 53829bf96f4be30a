def attack(scene, oracle):
    open(scene["neighbour"], "w").close()
