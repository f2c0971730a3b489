"""Wire protocols of model APIs, one file each, and the embedded model."""
