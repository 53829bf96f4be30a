def attack(scene, oracle):
    send_answer(["failed", current_number(), ["not", "a", "description"]])
    leave()
