"""Suite files turned into suites, and what is wrong with them."""
