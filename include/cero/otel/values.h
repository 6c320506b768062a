// The API's strings, attribute values and times as cero takes them.
#ifndef CERO_OTEL_VALUES_H_
#define CERO_OTEL_VALUES_H_

#include <opentelemetry/common/attribute_value.h>
#include <opentelemetry/common/key_value_iterable.h>
#include <opentelemetry/common/timestamp.h>
#include <opentelemetry/nostd/span.h>
#include <opentelemetry/nostd/string_view.h>
#include <opentelemetry/nostd/variant.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "cero/attribute.h"
#include "cero/span.h"

namespace cero::otel {

namespace api = ::opentelemetry;

inline std::string_view to_view(api::nostd::string_view text) noexcept {
  return {text.data(), text.size()};
}
inline api::nostd::string_view to_api(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

inline Timestamp to_timestamp(std::chrono::nanoseconds since_epoch) noexcept {
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
}

// `unbounded` is for the SDK's "no bound", which would wait for a backend that never comes back.
inline std::chrono::milliseconds to_deadline(std::chrono::microseconds timeout,
                                             std::chrono::milliseconds unbounded) noexcept {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);
  if (timeout == std::chrono::microseconds::max()) return unbounded;
  if (timeout <= std::chrono::microseconds::zero()) return std::chrono::milliseconds::zero();
  return timeout >= kLongest ? kLongest : std::chrono::ceil<std::chrono::milliseconds>(timeout);
}
constexpr std::chrono::seconds kFlushTimeout{30};

// Memory for the length of one call: on the stack as far as that reaches.
class CallMemory {
 public:
  std::pmr::memory_resource* get() noexcept { return &memory_; }

  // The API's strings of an array as the standard library's. Throws std::bad_alloc.
  std::span<const std::string_view> views_of(
      api::nostd::span<const api::nostd::string_view> strings) {
    auto* views = make_array<std::string_view>(strings.size());
    for (size_t i = 0; i < strings.size(); ++i) views[i] = to_view(strings[i]);
    return {views, strings.size()};
  }
  template <typename T>
  std::span<T> copy_of(std::span<const T> elements) {
    auto* copy = make_array<T>(elements.size());
    std::copy(elements.begin(), elements.end(), copy);
    return {copy, elements.size()};
  }
  std::string_view copy_of(std::string_view text) {
    const std::span<char> copy = copy_of(std::span<const char>(text));
    return {copy.data(), copy.size()};
  }

 private:
  template <typename T>
  T* make_array(size_t size) {
    return std::pmr::polymorphic_allocator<T>(&memory_).allocate(size);
  }

  std::array<std::byte, 2048> first_;
  std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
};

// Calls use(value) with a value that cero can record, valid during the call.
template <typename Use>
struct ValueVisitor {
  Use use;

  template <typename T>
  void operator()(T value) const {
    use(value);
  }
  void operator()(api::nostd::string_view value) const { use(to_view(value)); }
  void operator()(const char* value) const {
    value == nullptr ? use(nullptr) : use(std::string_view(value));
  }
  template <typename T>
  void operator()(api::nostd::span<const T> value) const {
    use(std::span<const T>(value.data(), value.size()));
  }
  void operator()(api::nostd::span<const api::nostd::string_view> value) const {
    CallMemory memory;
    use(memory.views_of(value));
  }
};
template <typename Use>
void with_value(const api::common::AttributeValue& value, Use use) {
  api::nostd::visit(ValueVisitor<Use>{use}, value);
}

inline void set_attribute(cero::Span& span, api::nostd::string_view key,
                          const api::common::AttributeValue& value) noexcept try {
  with_value(value, [&](const auto& plain) { span.set_attribute(to_view(key), plain); });
} catch (const std::bad_alloc&) {
  span.set_attribute(to_view(key), nullptr);  // the key says that there was one
}

// The attributes of an event, a link or a scope, which cero takes all at once. Copies, since what
// an iterable shows need not outlive its callback. Without memory it ends early.
class AttributeCopies {
 public:
  explicit AttributeCopies(const api::common::KeyValueIterable& attributes) noexcept {
    attributes.ForEachKeyValue(
        [this](api::nostd::string_view key, api::common::AttributeValue value) noexcept {
          return add(key, value);
        });
  }

  Attributes view() const noexcept { return {std::span<const Attribute>(attributes_)}; }

 private:
  bool add(api::nostd::string_view key, const api::common::AttributeValue& value) noexcept try {
    with_value(value, [&](const auto& plain) {
      attributes_.push_back({memory_.copy_of(to_view(key)), keep(plain)});
    });
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }

  template <typename T>
  AttributeValue keep(const T& plain) {
    return plain;
  }
  AttributeValue keep(std::string_view text) { return memory_.copy_of(text); }
  template <typename T>
  AttributeValue keep(std::span<const T> elements) {
    return std::span<const T>(memory_.copy_of(elements));
  }
  AttributeValue keep(std::span<const std::string_view> strings) {
    const std::span<std::string_view> copies = memory_.copy_of(strings);
    for (std::string_view& text : copies) text = memory_.copy_of(text);
    return std::span<const std::string_view>(copies);
  }

  CallMemory memory_;
  std::pmr::vector<Attribute> attributes_{memory_.get()};
};

}  // namespace cero::otel

#endif  // CERO_OTEL_VALUES_H_
