"""What values do: attributes, items, calls, arithmetic, iteration."""
