def attack(scene, oracle):
    answer_with(extension(4, b"\x7f" * 400_000))
    leave()
