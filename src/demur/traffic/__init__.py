"""When a call is sent: limits, rates, retries, pauses. Knows no protocol."""
