// Reading a record that comes out of a ring: is it whole, and what are its times?
#ifndef CERO_CORE_OTLP_RECORD_READER_H_
#define CERO_CORE_OTLP_RECORD_READER_H_

#include "base/wall_time.h"
#include "cero/detail/span_buffer.h"

namespace cero::core {

using detail::RecordHeader;

inline const char* wire_of(const RecordHeader& record) noexcept {
  return reinterpret_cast<const char*>(&record + 1);
}
inline size_t wire_size(const RecordHeader& record) noexcept {
  return record.size_bytes - sizeof(RecordHeader);
}

// Whether kind, status and wire bytes are a Span's, as the recorder writes them. Anything else
// means that memory was overwritten.
bool is_well_formed(const RecordHeader& record) noexcept;

// Both times in unix nanoseconds. An end before its start says so, and becomes the start unless the
// user gave it.
struct SpanTimes {
  uint64_t start;
  uint64_t end;
  bool was_negative;
};
SpanTimes times_of(const RecordHeader& record, const WallTime& wall_time) noexcept;

// Turns the times of events that are still ticks into unix nanoseconds, in place. Precondition:
// well-formed.
void finish_event_times(char* wire, size_t size, const WallTime& wall_time) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_RECORD_READER_H_
