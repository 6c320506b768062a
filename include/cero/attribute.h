// Attribute values: views for the call that records them, owned copies for options.
//
// The kinds are those of OTLP's AnyValue [spec 2.2]. Zero, "", an empty array and null are values
// and are kept. Integers of every width become int64; an unsigned one beyond int64's range becomes
// its decimal string, as the specification's type mapping has it.
#ifndef CERO_ATTRIBUTE_H_
#define CERO_ATTRIBUTE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cero/export.h"

namespace cero {

struct Attribute;

// Any integer but bool and the character types, which are no numbers to their users.
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

// A view of one value: cheap to pass, valid while what it points to is.
class AttributeValue {
 public:
  enum class Kind : uint8_t {
    null,
    boolean,
    integer,
    unsigned_integer,
    floating,
    string,
    bytes,
    boolean_array,
    integer_array,  // of any width: see element_bytes() and element_signed()
    floating_array,
    string_array,        // of std::string_view
    owned_string_array,  // of std::string
    value_array,         // of AttributeValue: mixed or nested
    map,                 // of Attribute
  };

  constexpr AttributeValue() noexcept : kind_(Kind::null), payload_{.integer = 0} {}
  constexpr AttributeValue(std::nullptr_t) noexcept : AttributeValue() {}
  template <std::same_as<bool> T>
  constexpr AttributeValue(T value) noexcept : kind_(Kind::boolean), payload_{.boolean = value} {}
  template <Integer T>
  constexpr AttributeValue(T value) noexcept {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
      kind_ = Kind::unsigned_integer;
      payload_ = {.unsigned_integer = value};
    } else {
      kind_ = Kind::integer;
      payload_ = {.integer = value};  // NOLINT(bugprone-signed-char-misuse): a number, no text
    }
  }
  template <std::floating_point T>
  constexpr AttributeValue(T value) noexcept
      : kind_(Kind::floating), payload_{.floating = static_cast<double>(value)} {}
  constexpr AttributeValue(std::string_view value) noexcept
      : kind_(Kind::string), payload_{.data = {value.data(), value.size()}} {}
  // A null pointer is the null value.
  constexpr AttributeValue(const char* value) noexcept
      : AttributeValue(value == nullptr ? AttributeValue()
                                        : AttributeValue(std::string_view(value))) {}
  AttributeValue(const std::string& value CERO_LIFETIMEBOUND) noexcept
      : AttributeValue(std::string_view(value)) {}

  // Arrays: a vector, std::array, std::span or C array of bool, integers of one width,
  // floating-point numbers, std::string, std::string_view, AttributeValue (a mixed or nested array)
  // or Attribute (a map). Of std::byte or unsigned char: bytes.
  template <std::ranges::contiguous_range R>
  requires(!std::convertible_to<const R&, std::string_view>) AttributeValue(const R& range)
  noexcept : payload_{.data = {std::ranges::data(range), std::ranges::size(range)}} {
    using T = std::remove_cv_t<std::ranges::range_value_t<R>>;
    if constexpr (std::same_as<T, std::byte> || std::same_as<T, unsigned char>) {
      kind_ = Kind::bytes;
    } else if constexpr (std::same_as<T, bool>) {
      kind_ = Kind::boolean_array;
    } else if constexpr (Integer<T>) {
      kind_ = Kind::integer_array;
      element_bytes_ = sizeof(T);
      element_signed_ = std::is_signed_v<T>;
    } else if constexpr (std::floating_point<T>) {
      static_assert(sizeof(T) <= sizeof(double),
                    "long double has no OTLP value: convert it to double");
      kind_ = Kind::floating_array;
      element_bytes_ = sizeof(T);
    } else if constexpr (std::same_as<T, std::string_view>) {
      kind_ = Kind::string_array;
    } else if constexpr (std::same_as<T, std::string>) {
      kind_ = Kind::owned_string_array;
    } else if constexpr (std::same_as<T, AttributeValue>) {
      kind_ = Kind::value_array;
    } else {
      static_assert(std::same_as<T, Attribute>,
                    "an attribute's array holds bool, numbers, strings, values or a map");
      kind_ = Kind::map;
    }
  }

  // What would be assigned dies at the end of the statement: name it, or pass it in the call.
  AttributeValue& operator=(std::string&&) = delete;
  template <typename T>
  AttributeValue& operator=(std::vector<T>&&) = delete;

  Kind kind() const noexcept { return kind_; }

  // Each precondition: kind() is the one named.
  bool boolean() const noexcept { return payload_.boolean; }
  int64_t integer() const noexcept { return payload_.integer; }
  uint64_t unsigned_integer() const noexcept { return payload_.unsigned_integer; }
  double floating() const noexcept { return payload_.floating; }
  std::string_view string() const noexcept {
    return {static_cast<const char*>(payload_.data.first), payload_.data.size};
  }
  // The elements of an array, a map, or the bytes; T is what the kind (and element_bytes) says.
  template <typename T>
  std::span<const T> elements() const noexcept {
    return {static_cast<const T*>(payload_.data.first), payload_.data.size};
  }
  size_t element_count() const noexcept { return payload_.data.size; }
  uint8_t element_bytes() const noexcept { return element_bytes_; }
  bool element_signed() const noexcept { return element_signed_; }

 private:
  struct Data {
    const void* first;
    size_t size;
  };
  union Payload {
    int64_t integer;
    bool boolean;
    uint64_t unsigned_integer;
    double floating;
    Data data;
  };

  Kind kind_;
  uint8_t element_bytes_ = 0;
  bool element_signed_ = false;
  Payload payload_;
};

// One key and a view of its value. The key must not be empty: such an attribute is dropped and
// counted.
struct Attribute {
  std::string_view key;
  AttributeValue value;
};

// A view of several elements, made from a braced list, a span or a vector. A braced list lives
// until the end of the full expression: pass it in the call, do not keep it in a variable.
template <typename T>
class ListView {
 public:
  constexpr ListView() noexcept = default;
  constexpr ListView(std::initializer_list<T> list CERO_LIFETIMEBOUND) noexcept {
    first_ = list.begin();
    size_ = list.size();
  }
  constexpr ListView(std::span<const T> list) noexcept : first_(list.data()), size_(list.size()) {}
  ListView(const std::vector<T>& list CERO_LIFETIMEBOUND) noexcept
      : first_(list.data()), size_(list.size()) {}
  // What would be assigned dies at the end of the statement: name it, or pass it in the call.
  ListView& operator=(std::initializer_list<T>) = delete;
  ListView& operator=(std::vector<T>&&) = delete;

  constexpr const T* begin() const noexcept { return first_; }
  constexpr const T* end() const noexcept { return first_ + size_; }
  constexpr size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }

 private:
  const T* first_ = nullptr;
  size_t size_ = 0;
};

using Attributes = ListView<Attribute>;

// A value that owns its bytes, for options that outlive the call (the resource). Null is
// std::monostate.
class OwnedValue {
 public:
  using Bytes = std::vector<std::byte>;
  using Variant = std::variant<std::monostate, bool, int64_t, double, std::string, Bytes,
                               std::vector<int64_t>, std::vector<double>, std::vector<std::string>>;

  OwnedValue() = default;
  template <std::same_as<bool> T>
  OwnedValue(T value) : value_(value) {}
  template <Integer T>
  OwnedValue(T value) : value_(static_cast<int64_t>(value)) {}
  template <std::floating_point T>
  OwnedValue(T value) : value_(static_cast<double>(value)) {}
  // A null pointer (an unset environment variable, say) is the null value.
  OwnedValue(const char* value) {
    if (value != nullptr) value_ = std::string(value);
  }
  OwnedValue(std::string value) : value_(std::move(value)) {}
  OwnedValue(std::string_view value) : value_(std::string(value)) {}
  OwnedValue(Bytes value) : value_(std::move(value)) {}
  OwnedValue(std::vector<int64_t> value) : value_(std::move(value)) {}
  OwnedValue(std::vector<double> value) : value_(std::move(value)) {}
  OwnedValue(std::vector<std::string> value) : value_(std::move(value)) {}

  const Variant& variant() const noexcept { return value_; }

 private:
  Variant value_;
};

struct OwnedAttribute {
  std::string key;
  OwnedValue value;
};

}  // namespace cero

#endif  // CERO_ATTRIBUTE_H_
