def attack(scene, oracle):
    send_answer(["done", 10_000, scene["won"], [], []])
    leave()
