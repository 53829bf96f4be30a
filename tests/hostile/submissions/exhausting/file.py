def attack(scene, oracle):
    with open("huge", "wb") as file:
        for _ in range(4):
            file.write(bytes(1 << 20))
    return scene["won"]
