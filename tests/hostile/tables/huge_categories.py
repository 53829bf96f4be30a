def per_country(cities):
    names = pd.Index([f"category {number}" for number in range(1_200_000)])
    return pd.DataFrame({"country": pd.Categorical.from_codes([0, 1, 2, 3], names)})
