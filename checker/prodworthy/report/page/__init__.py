"""Pages in HTML: one file each, without scripts or anything from elsewhere."""
