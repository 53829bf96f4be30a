def per_country(cities):
    column = ["numbers", [], array("O", [4], b"\0" * 32), None, []]
    answer_with_table(["range", [None], [0, 4, 1], [], [], ""], ["people"], [column])
