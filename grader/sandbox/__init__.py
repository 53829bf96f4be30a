"""The trusted side of the sandbox: it starts children, calls into them, and believes no byte."""
