def per_country(cities):
    answer_with_table(["range", [None], [0, 2**61, 1], [], [], ""], [], [])
