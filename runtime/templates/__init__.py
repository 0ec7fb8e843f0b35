"""What a message says: template files with front matter, written in Liquid, checked before anything is sent."""

from wend.runtime.templates.check import TemplateProblem, TemplateScope, check_inline, printed_inline
from wend.runtime.templates.liquid import TemplateError
from wend.runtime.templates.printed import Printed
from wend.runtime.templates.source import read_template_files
from wend.runtime.templates.templates import (
    PlaceholderTemplates,
    Rendered,
    Templates,
    TemplateSet,
    load_templates,
    render_inline,
)

__all__ = [
    "PlaceholderTemplates",
    "Printed",
    "Rendered",
    "TemplateError",
    "TemplateProblem",
    "TemplateScope",
    "TemplateSet",
    "Templates",
    "check_inline",
    "load_templates",
    "printed_inline",
    "read_template_files",
    "render_inline",
]
