"""From files to sources: bytes to text, text to trees, positions in characters."""
