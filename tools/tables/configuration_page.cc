#include <map>
#include <string>
#include <string_view>

#include "config/option_table.h"
#include "tables/option_text.h"
#include "tables/pages.h"

namespace cero::tables {
namespace {

using core::OptionGroup;
using core::OptionRow;

constexpr size_t kColumns = 100;

constexpr std::string_view kIntroduction =
    R"(<!-- Made by `./dev tables` from core/config/option_table.h: edit that. -->
# Configuration

Every option of a provider: what it does, its default, its range, and how it is called.

- In C++ it is a field of `cero::Options` ([options.h](../include/cero/options.h) has the whole
  story of each), and `TracerProvider::create` reads no variable.
- `TracerProvider::from_environment` reads the variables below, on top of the options that it is
  given: what a variable sets wins, except resource attributes, where code wins. A variable that
  cannot be read, or is out of range, is told to the log and ignored. An endpoint or a file that
  cannot be used is an error.
- In Python it is a keyword of `cero.TracerProvider`, or, behind a dot, a field of what that keyword
  takes: `span_limits=cero.SpanLimits(events_max=10)`. Times are in seconds there, in milliseconds
  in variables.

An option that is wrong is an error that names it, the variable that set it, and the fix; all wrong
options are told at once.
)";

struct Chapter {
  OptionGroup group;
  std::string_view title;
};
constexpr Chapter kChapters[] = {{OptionGroup::spans, "What spans hold, and which there are"},
                                 {OptionGroup::exporter, "Where spans go"},
                                 {OptionGroup::retries, "Requests and retries"},
                                 {OptionGroup::batches, "When spans become a request"},
                                 {OptionGroup::process, "Shutdown, log and threads"},
                                 {OptionGroup::memory, "Memory"}};

std::string wrapped(std::string_view text) {
  std::string out;
  size_t column = 0;
  while (!text.empty()) {
    const size_t length = std::min(text.find(' '), text.size());
    if (column > 0 && column + 1 + length > kColumns) {
      out += '\n';
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, length);
    column += length;
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return out;
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string names_of(const OptionRow& option) {
  std::string names;
  if (!option.python.empty()) names = "Python " + code(option.python) + ". ";
  std::string variables;
  for (const std::string_view variable : option.variables) {
    if (!variable.empty()) variables += (variables.empty() ? "" : ", ") + code(variable);
  }
  if (!variables.empty()) {
    names += (option.variables[1].empty() ? "Variable " : "Variables ") + variables + ". ";
  }
  return names;
}

std::string paragraph(const OptionRow& option) {
  const std::string range = range_text(option);
  const bool of_words = !range.empty() && !option.range.given();
  std::string facts = "Default: " + default_text(option) + ". ";
  if (!range.empty()) facts += (of_words ? "One of: " : "Range: ") + range + ". ";
  if (!option.unit.empty()) facts += "Unit: " + std::string(option.unit) + ". ";
  facts += names_of(option);
  facts.pop_back();
  return "\n**" + code(option.name) + "**\n\n" + wrapped(option.sentence) + "\n\n" +
         wrapped(facts) + "\n";
}

std::string variables_table() {
  std::map<std::string_view, std::string_view> options;  // in the order of the alphabet
  for (const OptionRow& option : core::kOptions) {
    for (const std::string_view variable : option.variables) {
      if (!variable.empty()) options[variable] = option.name;
    }
  }
  std::string table = "\n## Variables\n\n| variable | option |\n|---|---|\n";
  for (const auto& [variable, option] : options) {
    table += "| " + code(variable) + " | " + code(option) + " |\n";
  }
  return table;
}

}  // namespace

Page configuration_page() {
  std::string page(kIntroduction);
  for (const Chapter& chapter : kChapters) {
    page.append("\n## ").append(chapter.title).append("\n");
    for (const OptionRow& option : core::kOptions) {
      if (option.group == chapter.group) page += paragraph(option);
    }
  }
  return {"docs/configuration.md", "", page + variables_table()};
}

}  // namespace cero::tables
