def attack(scene, oracle):
    open("/dev/shm/" + scene["mark"], "w").close()
