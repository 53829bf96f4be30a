def attack(scene, oracle):
    answer_with(array("f8", [2**31 - 1, 2**31 - 1, 0], b""))
    leave()
