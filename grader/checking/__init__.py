"""Running a course's checks: ordinary pytest tests with fixtures that reach into the sandbox."""
