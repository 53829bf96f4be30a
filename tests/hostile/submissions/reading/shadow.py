def attack(scene, oracle):
    return open("/etc/shadow").read(4000)
