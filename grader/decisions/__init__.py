"""What an instructor decides on grades: a record that is only added to, and what counts by it."""
