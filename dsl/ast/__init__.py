"""The tree of a script: typed, frozen nodes with spans. Import as `from wend.dsl import ast`."""

from wend.dsl.ast.base import *  # noqa: F403
from wend.dsl.ast.expr import *  # noqa: F403
from wend.dsl.ast.file import *  # noqa: F403
from wend.dsl.ast.header import *  # noqa: F403
from wend.dsl.ast.step import *  # noqa: F403
from wend.dsl.ast.trial import *  # noqa: F403
from wend.dsl.ast.trigger import *  # noqa: F403
from wend.dsl.ast.walk import *  # noqa: F403
