"""From records to rates: one measure, one file."""
