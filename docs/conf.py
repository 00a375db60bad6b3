"""Sphinx settings: Markdown pages, the notebook as it was executed, docstrings in NumPy style."""

from paramcalc import __version__

project = "paramcalc"
author = "The paramcalc authors"
release = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax", "sphinx_copybutton"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests execute the notebook and hold its outputs against the stored ones
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = "$ "
html_theme = "furo"
html_title = "paramcalc"
exclude_patterns = ["examples"]
