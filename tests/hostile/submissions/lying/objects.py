def attack(scene, oracle):
    answer_with(array("O", [1], b"\xff" * 8))
    leave()
