def attack(scene, oracle):
    value = []
    value.append(value)
    return value
