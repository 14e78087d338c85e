"""What becomes of a model's answers."""
