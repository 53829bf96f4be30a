"""What who runs a server does with it as a whole: back it up, restore it, look it over."""
