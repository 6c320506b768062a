// OptionRow: what there is to know of one option; option_table.h has them all.
#ifndef CERO_CORE_CONFIG_OPTION_ROW_H_
#define CERO_CORE_CONFIG_OPTION_ROW_H_

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cero/options.h"

namespace cero::core {

// A pointer to the option's field, by type. Whoever reads, checks or shows options does so by type,
// so an option of a type that is here needs no code of its own.
using OptionField =
    std::variant<std::chrono::milliseconds*, std::optional<std::chrono::milliseconds>*,
                 std::chrono::seconds*, uint32_t*, std::optional<uint32_t>*, uint64_t*,
                 std::optional<uint64_t>*, std::optional<int>*, std::optional<bool>*, std::string*,
                 ExporterKind*, Protocol*, Compression*, GzipEngine*, UncompressedWhenOverrun*,
                 HttpVersion*, EndpointPolicy*, std::vector<OwnedAttribute>*, std::vector<Header>*,
                 std::vector<Endpoint>*, Sampler*, LogHandler*, ThreadStartHook*>;

// Both bounds belong to it; of durations, in the unit of their type.
struct Range {
  int64_t min = 0;
  int64_t max = -1;

  constexpr bool given() const noexcept { return min <= max; }
  template <typename T>
  constexpr bool contains(T value) const noexcept {
    return std::cmp_less_equal(min, value) && std::cmp_less_equal(value, max);
  }
  // What both allow.
  constexpr Range operator&(const Range& other) const noexcept {
    return {min < other.min ? other.min : min, other.max < max ? other.max : max};
  }
};

// A chapter of docs/configuration.md.
enum class OptionGroup { spans, exporter, retries, batches, process, memory };

struct OptionRow {
  // As C++ writes it behind an Options: "exporter.timeout".
  std::string_view name;
  OptionField (*field)(Options&);
  OptionGroup group;
  // The keyword of Python's TracerProvider; behind a dot, the field of what that keyword takes.
  // Empty: Python has a way of its own.
  std::string_view python = {};
  // Environment variables, the strongest first.
  std::array<std::string_view, 4> variables = {};
  // What a number counts: "bytes", "spans". Durations have it from their type.
  std::string_view unit = {};
  Range range = {};
  // Of an optional number: what holds while it is unset. 0: nothing.
  uint64_t unset_value = 0;
  // For documents, where the default value says too little.
  std::string_view default_text = {};
  std::string_view sentence;
};

// The words for the values of an enumeration.
template <typename Enum>
struct OptionWord {
  Enum value;
  std::string_view cpp;   // the enumerator
  std::string_view text;  // for variables and for Python
};
template <typename Enum>
struct OptionWords;
template <>
struct OptionWords<ExporterKind> {
  static constexpr std::array<OptionWord<ExporterKind>, 3> kWords{
      {{ExporterKind::otlp, "otlp", "otlp"},
       {ExporterKind::console, "console", "console"},
       {ExporterKind::none, "none", "none"}}};
};
template <>
struct OptionWords<Protocol> {
  static constexpr std::array<OptionWord<Protocol>, 2> kWords{
      {{Protocol::http_protobuf, "http_protobuf", "http/protobuf"},
       {Protocol::grpc, "grpc", "grpc"}}};
};
template <>
struct OptionWords<Compression> {
  static constexpr std::array<OptionWord<Compression>, 3> kWords{
      {{Compression::none, "none", "none"},
       {Compression::gzip, "gzip", "gzip"},
       {Compression::zstd, "zstd", "zstd"}}};
};
template <>
struct OptionWords<GzipEngine> {
  static constexpr std::array<OptionWord<GzipEngine>, 3> kWords{
      {{GzipEngine::automatic, "automatic", "automatic"},
       {GzipEngine::libdeflate, "libdeflate", "libdeflate"},
       {GzipEngine::isal, "isal", "isal"}}};
};
template <>
struct OptionWords<UncompressedWhenOverrun> {
  static constexpr std::array<OptionWord<UncompressedWhenOverrun>, 3> kWords{
      {{UncompressedWhenOverrun::automatic, "automatic", "automatic"},
       {UncompressedWhenOverrun::never, "never", "never"},
       {UncompressedWhenOverrun::always, "always", "always"}}};
};
template <>
struct OptionWords<HttpVersion> {
  static constexpr std::array<OptionWord<HttpVersion>, 4> kWords{
      {{HttpVersion::automatic, "automatic", "automatic"},
       {HttpVersion::http1, "http1", "http1"},
       {HttpVersion::http2, "http2", "http2"},
       {HttpVersion::h2c, "h2c", "h2c"}}};
};
template <>
struct OptionWords<EndpointPolicy> {
  static constexpr std::array<OptionWord<EndpointPolicy>, 2> kWords{
      {{EndpointPolicy::failover, "failover", "failover"},
       {EndpointPolicy::round_robin, "round_robin", "round_robin"}}};
};

template <typename T>
concept EnumOption = requires {
  OptionWords<T>::kWords;
};

// Calls use(value) with the number or the duration that the field holds; not for one that is unset,
// nor for a field of another kind.
template <typename Field, typename Use>
void with_number(const Field& field, Use use) {
  if constexpr (requires { field.has_value(); }) {
    if (field) with_number(*field, use);
  } else if constexpr ((std::integral<Field> && !std::same_as<Field, bool>) ||
                       requires { field.count(); }) {
    use(field);
  }
}

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_OPTION_ROW_H_
