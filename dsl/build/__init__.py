"""From the rules that the parser finds to the tree: one function for each rule or alias of the grammar.

A function takes the builder (for reports), the span of what the rule covers, and its children: tokens, nodes,
None for an optional part that is absent. The parser calls them innermost first, so nothing here recurses.
"""

from wend.dsl.build.base import Action, Builder
from wend.dsl.build.expr import EXPR
from wend.dsl.build.header import HEADER
from wend.dsl.build.items import ITEMS
from wend.dsl.build.steps import STEPS
from wend.dsl.build.trials import TRIALS
from wend.dsl.build.triggers import TRIGGERS

ACTIONS: dict[str, Action] = {**EXPR, **HEADER, **STEPS, **TRIGGERS, **ITEMS, **TRIALS}

__all__ = ["ACTIONS", "Action", "Builder"]
