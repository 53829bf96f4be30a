def attack(scene, oracle):
    send_answer(["passed", current_number(), scene["won"], [], []])
    leave()
