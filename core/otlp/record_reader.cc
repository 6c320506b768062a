#include "otlp/record_reader.h"

#include "cero/detail/wire.h"
#include "cero/span.h"

namespace cero::core {
namespace {

using detail::kFixed64;
using detail::kLength;
using detail::tag;

constexpr char kEventTag = tag(11, kLength);
// The fields a recorder writes: trace_state, name, attributes, events, links, status.
constexpr uint32_t kRecordedFields = 1u << 3 | 1u << 5 | 1u << 9 | 1u << 11 | 1u << 13 | 1u << 15;
constexpr auto kKindMin = static_cast<uint8_t>(SpanKind::internal);
constexpr auto kKindMax = static_cast<uint8_t>(SpanKind::consumer);
constexpr auto kStatusCodeMax = static_cast<uint8_t>(StatusCode::error);
constexpr int kLengthBytesMax = 4;  // a record is at most 16 MiB

// A length-delimited field; content is nullptr where there is none.
struct Field {
  char tag;
  const char* content;
  size_t size;
};

Field next_field(const char* at, const char* end) noexcept {
  if (end - at < 2) return {};
  Field field{*at++, nullptr, 0};
  for (int byte = 0; byte < kLengthBytesMax && at < end; ++byte) {
    const auto bits = static_cast<uint8_t>(*at++);
    field.size |= static_cast<size_t>(bits & 0x7f) << (7 * byte);
    if (bits < 0x80) {
      if (field.size <= static_cast<size_t>(end - at)) field.content = at;
      return field;
    }
  }
  return field;
}

bool is_recorded_field(char field_tag) noexcept {
  const auto byte = static_cast<uint8_t>(field_tag);
  return (byte & 7) == kLength && byte < 0x80 && (kRecordedFields >> (byte >> 3) & 1) != 0;
}

}  // namespace

bool is_well_formed(const RecordHeader& record) noexcept {
  if (record.kind < kKindMin || record.kind > kKindMax || record.status_code > kStatusCodeMax)
    return false;
  const char* at = wire_of(record);
  const char* const end = at + wire_size(record);
  while (at < end) {
    const Field field = next_field(at, end);
    if (field.content == nullptr || !is_recorded_field(field.tag)) return false;
    at = field.content + field.size;
  }
  return true;
}

SpanTimes times_of(const RecordHeader& record, const WallTime& wall_time) noexcept {
  const bool start_is_unix = (record.marks & detail::kStartIsUnix) != 0;
  const bool end_is_unix = (record.marks & detail::kEndIsUnix) != 0;
  if (!start_is_unix && !end_is_unix) {
    const bool negative = record.end < record.start;
    const WallTime::Interval span =
        wall_time.to_unix(record.start, negative ? record.start : record.end);
    return {span.start, span.end, negative};
  }
  const uint64_t start = start_is_unix ? record.start : wall_time.to_unix(record.start);
  const uint64_t end = end_is_unix ? record.end : wall_time.to_unix(record.end);
  // A time that the user gave is kept as it is [spec 2.3]; one that cero took is mended.
  return {start, end < start && !end_is_unix ? start : end, end < start};
}

void finish_event_times(char* wire, size_t size, const WallTime& wall_time) noexcept {
  const char* at = wire;
  const char* const end = wire + size;
  while (at < end) {
    const Field field = next_field(at, end);
    if (field.tag == kEventTag && field.size > sizeof(uint64_t) &&
        *field.content == detail::kTicksTag) {
      char* time = wire + (field.content - wire);
      const uint64_t ticks = detail::load<uint64_t>(time + 1);
      *time = tag(1, kFixed64);
      detail::store(time + 1, wall_time.to_unix(ticks));
    }
    at = field.content + field.size;
  }
}

}  // namespace cero::core
