def attack(scene, oracle):
    return open(f"/proc/{scene['grader']}/fd/{scene['descriptor']}").read()
