"""Commands over lists that need no server: plan, check, sample. They start without Django."""
