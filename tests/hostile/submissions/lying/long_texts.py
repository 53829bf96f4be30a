def attack(scene, oracle):
    """A description and warnings that would fill the report."""
    send_answer(["done", current_number(), "zeros", [], ["w" * 100_000] * 5])
    leave()
