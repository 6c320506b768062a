#include "tables/option_text.h"

#include <chrono>
#include <concepts>
#include <type_traits>

namespace cero::tables {
namespace {

using core::OptionRow;

struct Scale {
  int64_t unit;
  const char* name;
};
constexpr Scale kTimes[] = {{3'600'000, "h"}, {1'000, "s"}, {1, "ms"}};
constexpr Scale kSizes[] = {{int64_t{1} << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}};

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    if (text[at - 1] != '-') text.insert(at, 1, ',');
  }
  return text;
}

// In the largest unit of which it is a whole number.
template <size_t n>
std::string scaled(int64_t number, const Scale (&scales)[n]) {
  for (const Scale& scale : scales) {
    if (number != 0 && number % scale.unit == 0)
      return grouped(number / scale.unit) + " " + scale.name;
  }
  return grouped(number);
}

std::string bytes_text(int64_t bytes) { return scaled(bytes, kSizes); }

// The type that a field holds, without std::optional.
template <typename Field>
struct Value {
  using Type = Field;
};
template <typename T>
struct Value<std::optional<T>> {
  using Type = T;
};

template <typename T>
std::string number_text(const OptionRow& option, int64_t number) {
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) return scaled(number, kTimes);
  if constexpr (std::is_same_v<T, std::chrono::seconds>) return scaled(number * 1'000, kTimes);
  return option.unit == "bytes" ? bytes_text(number) : grouped(number);
}

template <core::EnumOption T>
std::string words_text() {
  std::string text;
  for (const auto& word : core::OptionWords<T>::kWords) {
    if (!text.empty()) text += ", ";
    text += word.text;
    if (word.text != word.cpp) text.append(" (in C++ ").append(word.cpp).append(")");
  }
  return text;
}

template <typename Field>
std::string default_of(const OptionRow& option, const Field& field) {
  if constexpr (requires { field.has_value(); }) {
    return field ? default_of(option, *field) : "unset";
  } else if constexpr (requires { field.count(); }) {
    return number_text<Field>(option, field.count());
  } else if constexpr (std::integral<Field>) {
    return number_text<Field>(option, static_cast<int64_t>(field));
  } else if constexpr (std::is_same_v<Field, std::string>) {
    return field.empty() ? "none" : field;
  } else if constexpr (core::EnumOption<Field>) {
    for (const auto& word : core::OptionWords<Field>::kWords) {
      if (word.value == field) return std::string(word.text);
    }
    return "";
  } else {
    return "";  // the row has a text of its own
  }
}

template <typename T>
std::string type_of(const OptionRow& option) {
  if constexpr (std::is_same_v<T, bool>) return "bool";
  if constexpr (std::integral<T>) return "int";
  if constexpr (requires(T value) { value.count(); }) return "float";
  if constexpr (std::is_same_v<T, std::string>) return "str";
  if constexpr (std::is_same_v<T, std::vector<OwnedAttribute>>) return "ResourceLike";
  if constexpr (std::is_same_v<T, std::vector<Header>>) return "Mapping[str, Optional[str]]";
  if constexpr (std::is_same_v<T, std::vector<Endpoint>>) return "Sequence[Union[str, Endpoint]]";
  if constexpr (std::is_same_v<T, Sampler>) return "Sampler";
  if constexpr (std::is_same_v<T, ThreadStartHook>) return "Callable[[str], Any]";
  if constexpr (core::EnumOption<T>) {
    std::string words;
    for (const auto& word : core::OptionWords<T>::kWords) {
      words.append(words.empty() ? "" : ", ").append(1, '"').append(word.text).append(1, '"');
    }
    return "Union[Literal[" + words + "], Enum]";
  }
  return option.python.empty() ? "" : "Any";
}

}  // namespace

std::string range_text(const OptionRow& option) {
  Options defaults;
  return std::visit(
      [&](const auto* field) -> std::string {
        using T = typename Value<std::remove_cvref_t<decltype(*field)>>::Type;
        if constexpr (core::EnumOption<T>) return words_text<T>();
        if (!option.range.given()) return "";
        return number_text<T>(option, option.range.min) + " to " +
               number_text<T>(option, option.range.max);
      },
      option.field(defaults));
}

std::string default_text(const OptionRow& option) {
  if (!option.default_text.empty()) return std::string(option.default_text);
  if (option.unset_value != 0) {
    return bytes_text(static_cast<int64_t>(option.unset_value)) + ", or its part of memory_max";
  }
  Options defaults;
  return std::visit([&](const auto* field) { return default_of(option, *field); },
                    option.field(defaults));
}

std::string python_type(const OptionRow& option) {
  Options defaults;
  return std::visit(
      [&](const auto* field) {
        return type_of<typename Value<std::remove_cvref_t<decltype(*field)>>::Type>(option);
      },
      option.field(defaults));
}

}  // namespace cero::tables
