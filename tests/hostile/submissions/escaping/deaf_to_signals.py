import os
import signal
import threading
import time


def attack(scene, oracle):
    """Stay when the wire ends: in a thread that no signal but one can end."""
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    os.fork()
    threading.Thread(target=time.sleep, args=(120,)).start()
    os.close(3)
