def per_country(cities):
    cells = np.empty(1, dtype=object)
    table = pd.DataFrame({"country": cells})
    table.iloc[0, 0] = [[table]]
    return table
