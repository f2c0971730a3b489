"""Ways to tell what a response did with its request, one file each."""
