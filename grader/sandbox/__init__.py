"""The trusted side of the sandbox: it starts workers, calls into them, and believes no byte."""
