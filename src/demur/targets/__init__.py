"""Ways to ask a trial, one file each."""
