#include "config/variable_reader.h"

#include <charconv>

namespace cero::core {
namespace {

// The whole of the text as a number, or nothing.
template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> VariableReader::text(std::string_view name) const {
  std::optional<std::string> value = environment_(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::optional<int64_t> VariableReader::integer(std::string_view name, Range range) const {
  return number(name, "a whole number", range);
}

std::optional<std::chrono::milliseconds> VariableReader::duration(std::string_view name,
                                                                  Range range) const {
  const std::optional<int64_t> value = number(name, "a whole number of milliseconds", range);
  return value ? std::optional<std::chrono::milliseconds>(*value) : std::nullopt;
}

std::optional<int64_t> VariableReader::number(std::string_view name, std::string_view what,
                                              Range range) const {
  const std::optional<std::string> value = text(name);
  if (!value) return std::nullopt;
  const std::optional<int64_t> number = parse_number<int64_t>(*value);
  if (number && range.contains(*number)) return number;
  ignored(name, *value,
          std::string(what) + " from " + std::to_string(range.min) + " to " +
              std::to_string(range.max) + " is expected");
  return std::nullopt;
}

std::optional<double> VariableReader::ratio(std::string_view name) const {
  const std::optional<std::string> value = text(name);
  if (!value) return std::nullopt;
  const std::optional<double> number = parse_number<double>(*value);
  if (number && *number >= 0 && *number <= 1) return number;  // false for NaN
  ignored(name, *value, "a ratio from 0 to 1 is expected");
  return std::nullopt;
}

bool VariableReader::boolean(std::string_view name) const {
  const std::optional<std::string> value = text(name);
  if (!value) return false;
  if (equals_ignoring_case(*value, "true")) return true;
  if (!equals_ignoring_case(*value, "false")) {
    ignored(name, *value, "true or false is expected");
  }
  return false;
}

void VariableReader::ignored(std::string_view name, std::string_view value,
                             std::string_view reason) const {
  ignored(std::string(name) + "=\"" + std::string(value) + '"', reason);
}

void VariableReader::ignored(std::string_view name, std::string_view reason) const {
  if (!log_handler_) return;
  const std::string unchanged = option_.empty() ? "" : ", and does not change " + option_;
  log_handler_(Severity::warning,
               std::string(name) + " is ignored" + unchanged + ": " + std::string(reason));
}

void VariableReader::part_ignored(std::string_view name, std::string_view part,
                                  std::string_view what) const {
  if (!log_handler_) return;
  const std::string of_option = option_.empty() ? "" : " (" + option_ + ")";
  log_handler_(Severity::warning, std::string(name) + of_option + ": " + std::string(part) +
                                      " is ignored, the others count: " + std::string(what));
}

}  // namespace cero::core
