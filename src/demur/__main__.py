"""`python -m demur`."""

from demur.cli.main import main

main()
