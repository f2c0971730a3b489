"""Tables in files, read row by row: CSV, JSON lines, JSON, Parquet, Hugging Face."""
