"""``python -m paramcalc``."""

from .cli import main

if __name__ == "__main__":
    main()
