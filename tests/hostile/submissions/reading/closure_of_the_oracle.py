def attack(scene, oracle):
    return oracle.__globals__["SECRET"]
