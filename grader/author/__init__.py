"""For authors: starting a course, handing it out, and proving that it grades rightly."""
