def attack(scene, oracle):
    with open(scene["checks"], "a") as file:
        file.write("\n# forged\n")
