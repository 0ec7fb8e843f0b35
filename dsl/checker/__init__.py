"""From trees to a checked program: names resolved, kinds agreed, bodies written as operations."""

from wend.dsl.checker.project import CheckResult, check, version_of

__all__ = ["CheckResult", "check", "version_of"]
