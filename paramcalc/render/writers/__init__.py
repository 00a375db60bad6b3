"""What writes a presentation, a module a view; `paramcalc.writers` lists them."""
