"""The trusted side of the wall: it starts workers, calls into them, and believes no byte."""
