def attack(scene, oracle):
    return open("/dev/shm/" + scene["shared"]).read()
