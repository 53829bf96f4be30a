"""A submission's source: running it block by block, and saying what fails."""
