"""How fast demur is: one run on one machine, beside others. README.md says more."""
