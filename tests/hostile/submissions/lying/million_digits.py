def attack(scene, oracle):
    return 10**1_000_000
