"""From measures to something one reads."""
