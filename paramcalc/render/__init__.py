"""What the views show (documents, records, data) and how each view writes it."""
