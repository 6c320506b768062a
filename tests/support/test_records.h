// Records as end() leaves them, of any size, each with a number to know it by.
#ifndef CERO_TESTS_SUPPORT_TEST_RECORDS_H_
#define CERO_TESTS_SUPPORT_TEST_RECORDS_H_

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/assert.h"
#include "base/scope_info.h"
#include "cero/detail/span_buffer.h"
#include "cero/detail/wire.h"

namespace cero::test {

constexpr uint32_t kGeneration = 7;
constexpr uint32_t kRecordBytesMin = sizeof(detail::RecordHeader);

inline const core::ScopeInfo* test_scope() {
  static const core::ScopeInfo* const scope = core::intern_scope("test", {}, {}, {});
  return scope;
}

// The wire bytes are a name that repeats the number's last seven bits; under 6 of them there are
// none, or bytes that are no field.
class TestRecord {
 public:
  TestRecord(uint32_t size_bytes, uint64_t number, uint64_t end_ticks = 0)
      : memory_((size_bytes + detail::kOverwriteBytes) / sizeof(uint64_t) + 1) {
    CERO_ASSERT(size_bytes >= kRecordBytesMin);
    detail::RecordHeader& header = this->header();
    header = {};
    header.size_bytes = size_bytes;
    header.generation = kGeneration;
    header.scope = test_scope();
    header.start = end_ticks;
    header.end = end_ticks;
    header.kind = 1;
    header.trace_id[0] = 1;
    std::memcpy(header.span_id.data(), &number, sizeof(number));
    write_name(size_bytes - kRecordBytesMin, static_cast<char>(number & 0x7f));
  }

  detail::RecordHeader& header() {
    return *reinterpret_cast<detail::RecordHeader*>(memory_.data());
  }
  char* wire() { return reinterpret_cast<char*>(&header() + 1); }
  operator const detail::RecordHeader&() { return header(); }

 private:
  void write_name(size_t wire_bytes, char fill) {
    char* const end = wire() + wire_bytes;
    if (wire_bytes < 6) {
      std::memset(wire(), fill, wire_bytes);
      return;
    }
    // Lengths take up to three bytes here, so that any size can be met.
    const size_t length = wire_bytes - 4;
    char* out = wire();
    *out++ = detail::tag(5, detail::kLength);
    *out++ = static_cast<char>(length | 0x80);
    *out++ = static_cast<char>(length >> 7 | 0x80);
    *out++ = static_cast<char>(length >> 14);
    std::memset(out, fill, static_cast<size_t>(end - out));
  }

  std::vector<uint64_t> memory_;
};

inline uint64_t number_of(const detail::RecordHeader& record) {
  uint64_t number;
  std::memcpy(&number, record.span_id.data(), sizeof(number));
  return number;
}

// Whether every byte is as TestRecord wrote it.
inline bool is_intact(const detail::RecordHeader& record) {
  TestRecord expected(record.size_bytes, number_of(record), record.end);
  expected.header().generation = record.generation;
  return std::memcmp(&record, &expected.header(), record.size_bytes) == 0;
}

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_TEST_RECORDS_H_
