"""The untrusted side of the sandbox: what runs in the process that holds a submission.

Nothing here imports anything else of the package. The trusted side uses `values`, the
codec that both sides share, and starts the rest as a program of its own.
"""
