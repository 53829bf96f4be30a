def attack(scene, oracle):
    return open("/etc/passwd").read(4000)
