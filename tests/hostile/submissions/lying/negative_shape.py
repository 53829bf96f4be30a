def attack(scene, oracle):
    answer_with(array("f8", [-1, -1], bytes(8)))
    leave()
