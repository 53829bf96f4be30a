import os


def attack(scene, oracle):
    """Leave links that a careless clean-up follows."""
    os.symlink(os.path.dirname(scene["results"]), "folder")
    os.symlink(scene["results"], "file")
