def attack(scene, oracle):
    send(b"\xdd\xff\xff\xff\xf0" * 3)
    leave()
