def attack(scene, oracle):
    return "\ud800" * 10
