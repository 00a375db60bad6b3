"""Names: tables of what programs import and call, and the functions behind them.

A folder for each library has ``tables``, from the names of its modules to these functions. Beside the folders is what
Python offers without an import (``builtins``, ``converting``, ``looping``, ``methods``, ``errors``), and what several
libraries share.
"""
