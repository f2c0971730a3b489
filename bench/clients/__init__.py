"""One file for each program that the benchmark runs."""
