"""Public data sets read as suites: one file each, which says what a column means."""
