#include <string>
#include <string_view>

#include "config/option_table.h"
#include "tables/option_text.h"
#include "tables/pages.h"

namespace cero::tables {
namespace {

using core::OptionRow;

constexpr std::string_view kHead =
    R"(# Made by `./dev tables` from core/config/option_table.h: edit that.
from dataclasses import dataclass
from enum import Enum
from inspect import Signature
from typing import Any, Callable, Literal, Mapping, Optional, Sequence, TypedDict, Union

from ._native import Sampler

KEYWORDS: list[str]

def default_of(keyword: str) -> Any: ...

class SignatureOf:
    def __get__(self, instance: Any, owner: type) -> Signature: ...

def signature() -> Signature: ...
def documentation() -> str: ...

@dataclass(frozen=True)
class Endpoint:
    url: str
    headers: Optional[Mapping[str, Optional[str]]] = None
)";

// The fields of the dataclass that a keyword takes; options, so that None is their default.
std::string dataclass_of(std::string_view name, std::string_view keyword) {
  std::string text = "\n@dataclass(frozen=True)\nclass " + std::string(name) + ":\n";
  for (const OptionRow& option : core::kOptions) {
    if (!option.python.starts_with(std::string(keyword) + ".")) continue;
    text.append("    ").append(option.python.substr(keyword.size() + 1));
    text.append(": Optional[").append(python_type(option)).append("] = ...\n");
  }
  return text;
}

// The keywords; `resource` is an argument.
std::string provider_options() {
  std::string text = "\nclass ProviderOptions(TypedDict, total=False):\n";
  for (const OptionRow& option : core::kOptions) {
    const bool is_field = option.python.find('.') != std::string_view::npos;
    if (option.python.empty() || option.python == "resource" || is_field) continue;
    const bool takes_object = option.python == "exporter";
    text.append("    ").append(option.python).append(": Optional[");
    text.append(takes_object ? "Union[ConsoleExporter, " : "").append(python_type(option));
    text.append(takes_object ? "]]\n" : "]\n");
  }
  return text + "    span_limits: Optional[SpanLimits]\n    shutdown_on_exit: bool\n";
}

}  // namespace

Page python_options_page() {
  return {"python/src/cero/_option_types.pyi", "",
          std::string(kHead) + dataclass_of("ConsoleExporter", "exporter") +
              dataclass_of("SpanLimits", "span_limits") + provider_options()};
}

}  // namespace cero::tables
