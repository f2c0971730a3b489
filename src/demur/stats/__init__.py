"""Statistical methods. Numbers in, numbers out; no word of this domain."""
