"""One module a view; each has ``view(report, **options) -> str``, and its name is the format's name."""
