"""Names: tables of what programs import and call, and the functions behind them."""
