// The SDK's owned attributes, a resource's or a scope's, as cero's.
#ifndef CERO_OTEL_OWNED_ATTRIBUTES_H_
#define CERO_OTEL_OWNED_ATTRIBUTES_H_

#include <opentelemetry/sdk/common/attribute_utils.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "cero/attribute.h"
#include "cero/otel/values.h"

namespace cero::otel {

// Throws std::bad_alloc. What an OwnedValue has no kind for becomes text: an integer beyond int64,
// and an array of bool.
struct ToOwnedValue {
  OwnedValue operator()(bool value) const { return value; }
  OwnedValue operator()(double value) const { return value; }
  OwnedValue operator()(const std::string& value) const { return value; }
  template <Integer T>
  OwnedValue operator()(T value) const {
    if constexpr (std::same_as<T, uint64_t>) {
      if (value > uint64_t{INT64_MAX}) return std::to_string(value);
    }
    return value;
  }

  OwnedValue operator()(const std::vector<double>& values) const { return values; }
  OwnedValue operator()(const std::vector<std::string>& values) const { return values; }
  OwnedValue operator()(const std::vector<bool>& values) const {
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const bool value : values) texts.emplace_back(value ? "true" : "false");
    return texts;
  }
  OwnedValue operator()(const std::vector<uint8_t>& values) const {
    OwnedValue::Bytes bytes(values.size());
    std::transform(values.begin(), values.end(), bytes.begin(),
                   [](uint8_t value) { return std::byte{value}; });
    return bytes;
  }
  template <Integer T>
  OwnedValue operator()(const std::vector<T>& values) const {
    return std::vector<int64_t>(values.begin(), values.end());
  }
};

inline std::vector<OwnedAttribute> to_cero(const api::sdk::common::AttributeMap& map) {
  std::vector<OwnedAttribute> attributes;
  attributes.reserve(map.size());
  for (const auto& [key, value] : map)
    attributes.push_back({key, api::nostd::visit(ToOwnedValue{}, value)});
  std::sort(attributes.begin(), attributes.end(),  // the map has no order
            [](const OwnedAttribute& a, const OwnedAttribute& b) { return a.key < b.key; });
  return attributes;
}

// Views, valid while the attributes are.
inline std::vector<Attribute> views_of(const std::vector<OwnedAttribute>& attributes) {
  std::vector<Attribute> views;
  for (const OwnedAttribute& attribute : attributes) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::same_as<std::decay_t<decltype(value)>, std::monostate>) {
            views.push_back({attribute.key, nullptr});
          } else {
            views.push_back({attribute.key, value});
          }
        },
        attribute.value.variant());
  }
  return views;
}

}  // namespace cero::otel

#endif  // CERO_OTEL_OWNED_ATTRIBUTES_H_
