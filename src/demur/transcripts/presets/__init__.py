"""Public data sets of labelled responses: one data set, one file."""
