def per_country(cities):
    column = ["moments", ["ns", "dateutil/" + "/etc/passwd"], array("i8", [1], b"\0" * 8), None, []]
    answer_with_table(["range", [None], [0, 1, 1], [], [], ""], ["country"], [column])
