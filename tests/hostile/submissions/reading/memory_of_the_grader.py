def attack(scene, oracle):
    with open(f"/proc/{scene['grader']}/mem", "rb", buffering=0) as memory:
        memory.seek(scene["address"])
        return memory.read(100)
