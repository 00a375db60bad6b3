"""What a run holds: values, their changes in a journal, its budget and its state."""
