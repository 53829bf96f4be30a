"""What each learning platform's download says in its file names: pure parsing, a module each."""
