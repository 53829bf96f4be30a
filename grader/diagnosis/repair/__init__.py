"""What to change in a student's code to make it right, found by changing it."""
