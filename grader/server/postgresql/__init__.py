"""Django's PostgreSQL with what many short requests need; Django finds `base` by its name."""
