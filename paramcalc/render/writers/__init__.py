"""The views: one module for each; `paramcalc.writers` lists them."""
