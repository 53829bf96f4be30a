def attack(scene, oracle):
    return open(f"/proc/{scene['grader']}/root{scene['reference']}").read()
