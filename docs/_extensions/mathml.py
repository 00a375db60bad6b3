"""Formulas as MathML, which browsers show without a script or a network. The converter is the one of docutils."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)


def _written(node: nodes.Element, *, block: bool) -> str:
    formula = node.astext().replace("\\displaystyle", "").strip()
    try:
        written: str = tex2mathml(formula, as_block=block)
    except MathError as error:
        logger.warning("no MathML for %s: %s", formula, error, location=node)
        return f"<code>{nodes.unescape(formula)}</code>"
    return "".join(line.strip() for line in written.splitlines())


def _inline(writer: Any, node: nodes.Element) -> None:
    writer.body.append(_written(node, block=False))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.Element) -> None:
    writer.body.append(f'<div class="math">{_written(node, block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
