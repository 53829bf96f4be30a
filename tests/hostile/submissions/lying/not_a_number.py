import struct


def attack(scene, oracle):
    """Return what is neither near nor far from anything, some of it with a message inside."""
    payload = struct.unpack("d", struct.pack("Q", 0x7FF8DEADBEEF0001))[0]
    return [payload, float("nan"), -float("nan")]
