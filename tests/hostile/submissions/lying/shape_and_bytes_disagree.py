def attack(scene, oracle):
    answer_with(array("f8", [2, 2], bytes(8)))
    leave()
