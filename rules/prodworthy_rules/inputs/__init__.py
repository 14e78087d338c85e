"""What reaches a prompt, and from whom."""
