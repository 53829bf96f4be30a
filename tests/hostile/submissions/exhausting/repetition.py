def attack(scene, oracle):
    """A small message of lists that each announce what may be."""
    send(b"\xdc\xff\xff" * 100_000)
    leave()
