def attack(scene, oracle):
    send_answer(["done", current_number(), b"@"], raw=(b"\xc4\x01@", b"\xa3\xed\xa0\x80"))
    leave()
