"""Sphinx settings: Markdown pages, the notebook as it was executed, docstrings in NumPy style."""

import sys
from pathlib import Path

from paramcalc import __version__

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "paramcalc"
author = "The paramcalc authors"
copyright = "The paramcalc authors"
release = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "mathml"]
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests execute the notebook and compare its outputs with the stored ones
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = "$ "
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "paramcalc"
html_static_path = ["_static"]
html_css_files = ["paramcalc.css"]
exclude_patterns = ["examples", "_extensions"]
