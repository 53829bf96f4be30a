"""Building what an instructor uploads: the course, bpgrade's wheel, pins, a platform's scripts."""
