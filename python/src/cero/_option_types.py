"""What the keywords of a provider are, from the native part's list of options.

The types are in _option_types.pyi, which is made from the same list.
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, Mapping, NamedTuple, Optional

from ._native import options as _native_options


class _Option(NamedTuple):
    keyword: str
    default: Any
    sentence: str


_OPTIONS = [_Option(*row) for row in _native_options()]

# In the order of the list; the fields of one dataclass are one keyword.
KEYWORDS = list(dict.fromkeys(option.keyword.split(".")[0] for option in _OPTIONS)) + [
    "shutdown_on_exit"
]


def default_of(keyword: str) -> Any:
    return next(option.default for option in _OPTIONS if option.keyword == keyword)


def _fields_of(keyword: str) -> list[_Option]:
    prefix = keyword + "."
    return [
        option._replace(keyword=option.keyword[len(prefix) :])
        for option in _OPTIONS
        if option.keyword.startswith(prefix)
    ]


def _dataclass(name: str, keyword: str, summary: str) -> Any:
    fields = _fields_of(keyword)
    lines = [f"    {option.keyword}: {option.sentence}" for option in fields]
    return dataclasses.make_dataclass(
        name,
        [(option.keyword, Any, option.default) for option in fields],
        frozen=True,
        namespace={"__doc__": "\n".join([summary, "", *lines, ""]), "__module__": __name__},
    )


ConsoleExporter = _dataclass(
    "ConsoleExporter",
    "exporter",
    "Prints each trace as a tree, for a person who debugs. The format is no interface.",
)

SpanLimits = _dataclass(
    "SpanLimits",
    "span_limits",
    "What one span may hold; what is over a limit is dropped and counted on the span.",
)


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """A backend beside the one of `endpoint`, with headers of its own."""

    url: str
    headers: Optional[Mapping[str, Optional[str]]] = dataclasses.field(default=None, repr=False)


class SignatureOf:
    """The __signature__ of a class; a subclass with an __init__ of its own has its own."""

    def __get__(self, instance: Any, owner: type) -> inspect.Signature:
        if "__init__" in vars(owner) and not isinstance(
            vars(owner).get("__signature__"), SignatureOf
        ):
            raise AttributeError("__signature__")
        return signature()


def signature() -> inspect.Signature:
    """Of a provider: every option is a keyword, whose None is the default."""
    parameters = [
        inspect.Parameter("resource", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    ]
    for keyword in KEYWORDS:
        if keyword != "resource":
            default = True if keyword == "shutdown_on_exit" else None
            parameters.append(
                inspect.Parameter(keyword, inspect.Parameter.KEYWORD_ONLY, default=default)
            )
    return inspect.Signature(parameters)


def documentation() -> str:
    """A line for each option: what it is, and its default."""
    lines = []
    for option in _OPTIONS:
        if option.keyword == "resource":
            continue
        default = "" if option.default in (None, "") else f" Default: {option.default!r}."
        lines.append(f"{option.keyword}: {option.sentence}{default}")
    return "\n    ".join(lines)  # as deep as the class's own
