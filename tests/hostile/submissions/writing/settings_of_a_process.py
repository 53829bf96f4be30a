def attack(scene, oracle):
    with open(f"/proc/{scene['victim']}/oom_score_adj", "w") as file:
        file.write("500")
