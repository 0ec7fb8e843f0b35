"""The public interface as text: each name of `import wend`, its signature and its sentence, as the source has them."""

import ast
import inspect
import textwrap
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import wend

OPAQUE = {"MemoryStore", "State", "Store"}
"""What a host hands on and does not look into."""

HEADING = "## Every name\n"
LONGEST = 100
_SHOWN = ("__init__", "__call__")


def listing() -> str:
    """The chapter of the documentation that pins the interface."""
    return "\n".join(f"### `{name}`\n\n{_sentence(name)}\n\n```signature\n{_signature(name)}\n```\n" for name in NAMES)


NAMES = [name for name in sorted(wend.__all__, key=str.lower) if not name.startswith("__")]


@cache
def _home(name: str) -> ModuleType:
    value = getattr(wend, name)
    found = inspect.getmodule(value) if inspect.isclass(value) or inspect.isfunction(value) else None
    if found is None:
        found = import_module(vars(wend)["_HOME_OF"][name])
    return found


@cache
def _tree(module: ModuleType) -> ast.Module:
    assert module.__file__ is not None
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def _node(name: str) -> tuple[ast.stmt, ast.stmt | None]:
    """What defines a name, the overloads apart, and the statement behind it."""
    body = _tree(_home(name)).body
    for at in reversed(range(len(body))):
        if name in _defined(body[at]):
            return body[at], body[at + 1] if at + 1 < len(body) else None
    raise LookupError(name)


def _defined(node: ast.stmt) -> set[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef():
            return {node.name}
        case ast.Assign():
            return {each.id for each in node.targets if isinstance(each, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _sentence(name: str) -> str:
    """The first paragraph of what the source says of it."""
    node, after = _node(name)
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        text = ast.get_docstring(node)
    elif isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        text = str(after.value.value)
    else:
        text = _comment(name, node)
    assert text, f"`{name}` has no docstring"
    return textwrap.fill(" ".join(text.partition("\n\n")[0].split()), 118)


def _comment(name: str, node: ast.stmt) -> str:
    """The `#:` comment above an assignment."""
    found = []
    lines = Path(_home(name).__file__ or "").read_text(encoding="utf-8").splitlines()
    for line in reversed(lines[: node.lineno - 1]):
        if not line.startswith("#:"):
            break
        found.append(line.removeprefix("#:").strip())
    return " ".join(reversed(found))


def _signature(name: str) -> str:
    node, _ = _node(name)
    match node:
        case ast.FunctionDef():
            overloads = [
                each
                for each in _tree(_home(name)).body
                if isinstance(each, ast.FunctionDef) and each.name == name and each.decorator_list
            ]
            return "\n".join(_call(each) for each in overloads or [node])
        case ast.ClassDef():
            bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
            members = (
                [] if name in OPAQUE else [line for each in node.body for line in "\n".join(_member(each)).splitlines()]
            )
            return "\n".join([f"class {name}{bases}", *(f"    {line}" for line in members)])
    return ast.unparse(node)


def _member(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name in _SHOWN or not node.name.startswith("_"):
            marks = [ast.unparse(each) for each in node.decorator_list]
            if any(mark in ("property", "cached_property") for mark in marks):
                return [f"{node.name}: {ast.unparse(node.returns)}" if node.returns else node.name]
            return [_call(node)]
        case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
            default = _default(node.value)
            return [f"{name}: {ast.unparse(node.annotation)}" + (f" = {default}" if default else "")]
        case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
            return [ast.unparse(node)]
    return []


def _default(value: ast.expr | None) -> str | None:
    """The default of a field; `{}` for one that is made by a factory."""
    match value:
        case ast.Call(func=ast.Name(id="field")):
            told = {each.arg: each.value for each in value.keywords}
            return ast.unparse(told["default"]) if "default" in told else "{}" if "factory" in told else None
    return None if value is None else ast.unparse(value)


def _call(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A signature without `self`, over several lines where it is long."""
    lead = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    result = f" -> {ast.unparse(node.returns)}" if node.returns is not None and node.name != "__init__" else ""
    given = node.args
    given.args = [each for each in given.args if each.arg != "self"]
    whole = f"{lead}{node.name}({ast.unparse(given)}){result}"
    if len(whole) <= LONGEST:
        return whole
    return "\n".join([f"{lead}{node.name}(", *(f"    {each}," for each in _arguments(given)), f"){result}"])


def _arguments(given: ast.arguments) -> list[str]:
    """Each argument by itself."""
    bare = len(given.args) - len(given.defaults)
    found = [_argument(each, given.defaults[at - bare] if at >= bare else None) for at, each in enumerate(given.args)]
    keywords = [_argument(each, default) for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return [*found, *(["*", *keywords] if keywords else [])]


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default is not None else "")
