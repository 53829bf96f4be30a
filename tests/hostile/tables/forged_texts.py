def per_country(cities):
    lengths = array("i4", [2], np.array([2**31 - 1, 1 - 2**31 + 1], dtype="i4").tobytes())
    column = ["text", ["str", "nan"], [lengths, b"ab"], None, []]
    answer_with_table(["range", [None], [0, 2, 1], [], [], ""], ["country"], [column])
