"""What submissions have in common beyond what the exercise explains."""
