"""What the server answers: one module for each sort of visitor."""
