def per_country(cities):
    texts = ["text", ["str", "nan"], [array("i4", [1], b"\1\0\0\0"), b"a"], None, []]
    codes = array("i8", [4], np.array([0, 1, 2**40, -7]).tobytes())
    column = ["categories", [False], codes, None, [texts]]
    answer_with_table(["range", [None], [0, 4, 1], [], [], ""], ["country"], [column])
