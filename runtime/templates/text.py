"""The plain-text part that is made from HTML, and the preview line that is put into it."""

import re
from html import escape

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_HIDDEN = "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;mso-hide:all"


def html_to_text(html: str) -> str:
    """The text that a reader of the HTML sees; links as `[words](address)`."""
    # Imported when first needed: lxml is the slowest import we have, and most commands render nothing.
    from inscriptis import get_text
    from inscriptis.model.config import ParserConfig

    # Without a body of its own, everything behind a leading <style> would count as head and be dropped.
    whole = html if _BODY.search(html) else f"<html><body>{html}</body></html>"
    text = get_text(whole, ParserConfig(display_links=True))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def with_preview(html: str, preview: str) -> str:
    """The HTML with the preview line, hidden, as the first thing in its body."""
    if not preview:
        return html
    line = f'<div style="{_HIDDEN}">{escape(preview)}</div>'
    body = _BODY.search(html)
    at = body.end() if body else 0
    return html[:at] + line + html[at:]
