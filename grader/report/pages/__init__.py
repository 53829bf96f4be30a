"""Results as HTML pages: one for each student, one for the class; each file stands alone."""
