"""The one way a script is written.

`format_source` rewrites a script, its comments kept; `format_node` writes any node of the tree.
"""

from wend.dsl.formatter.layout import FormatError, format_source
from wend.dsl.formatter.nodes import format_node

__all__ = ["FormatError", "format_node", "format_source"]
