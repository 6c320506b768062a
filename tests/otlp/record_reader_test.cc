// Goal: a record that memory has eaten is recognised, never read past its end; times come out as
// the rules say. Method: records of real spans, then every single damage; random bytes.
#include "otlp/record_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <random>

#include "support/seed.h"
#include "support/test_records.h"

namespace cero::core {
namespace {

using detail::kFixed64;
using detail::kLength;
using detail::tag;
using test::TestRecord;

// A record with these wire bytes, in memory that ends where they do, so that a sanitizer sees each
// read behind them.
class ExactRecord {
 public:
  explicit ExactRecord(std::string_view wire, uint8_t kind = 1, uint8_t status_code = 0)
      : memory_(new char[sizeof(RecordHeader) + wire.size()]) {
    RecordHeader header{};
    header.size_bytes = static_cast<uint32_t>(sizeof(RecordHeader) + wire.size());
    header.kind = kind;
    header.status_code = status_code;
    std::memcpy(memory_.get(), &header, sizeof header);
    std::memcpy(memory_.get() + sizeof header, wire.data(), wire.size());
  }
  operator const RecordHeader&() const {
    return *reinterpret_cast<const RecordHeader*>(memory_.get());
  }

 private:
  std::unique_ptr<char[]> memory_;
};

bool well_formed(std::string_view wire) { return is_well_formed(ExactRecord(wire)); }

std::string field(uint32_t number, size_t size) {
  std::string bytes{tag(number, kLength)};
  char length[detail::kVarintBytesMax];
  bytes.append(length, detail::write_varint(length, size));
  return bytes + std::string(size, 'x');
}

TEST(RecordReader, takes_whole_fields_of_a_span) {
  EXPECT_TRUE(well_formed(""));
  for (const uint32_t number : {3, 5, 9, 11, 13, 15}) {
    for (const size_t size : {0, 1, 127, 128, 16'383, 16'384, 60'000})
      EXPECT_TRUE(well_formed(field(number, size))) << number << ' ' << size;
  }
  EXPECT_TRUE(well_formed(field(5, 3) + field(9, 200) + field(11, 0) + field(9, 1)));
}

TEST(RecordReader, refuses_kinds_and_statuses_that_there_are_not) {
  using Bytes = std::initializer_list<uint8_t>;
  for (const uint8_t kind : Bytes{1, 2, 3, 4, 5})
    EXPECT_TRUE(is_well_formed(ExactRecord("", kind))) << int{kind};
  for (const uint8_t kind : Bytes{0, 6, 128, 200, 255})
    EXPECT_FALSE(is_well_formed(ExactRecord("", kind))) << int{kind};
  for (const uint8_t code : Bytes{0, 1, 2})
    EXPECT_TRUE(is_well_formed(ExactRecord("", 1, code))) << int{code};
  for (const uint8_t code : Bytes{3, 200})
    EXPECT_FALSE(is_well_formed(ExactRecord("", 1, code))) << int{code};
}

TEST(RecordReader, refuses_what_a_recorder_does_not_write) {
  for (const uint32_t number : {0, 1, 2, 4, 6, 7, 8, 10, 12, 14})
    EXPECT_FALSE(well_formed(field(number, 1))) << number;
  for (const uint32_t type : {0, 1, 3, 4, 5, 6, 7})
    EXPECT_FALSE(well_formed(std::string{tag(9, type), 1, 'x'})) << type;
  EXPECT_FALSE(well_formed(std::string(1, tag(9, kLength))));
  EXPECT_FALSE(well_formed(std::string{tag(9, kLength), '\x80'}));
  EXPECT_FALSE(well_formed(std::string{tag(9, kLength), '\x80', '\x80', '\x80', '\x01'}));
  EXPECT_FALSE(
      well_formed("\x85\x01"
                  "abcd"));  // flags belong to the envelope
}

TEST(RecordReader, refuses_fields_that_end_behind_the_record) {
  const std::string whole = field(5, 5) + field(9, 300) + field(15, 2);
  for (size_t size = 0; size < whole.size(); ++size) {
    const bool at_end_of_field = size == 0 || size == 7 || size == 7 + 303;
    EXPECT_EQ(well_formed(whole.substr(0, size)), at_end_of_field) << size;
  }
}

TEST(RecordReader, reads_no_byte_behind_random_ones) {
  std::mt19937_64 random(test::test_seed());
  constexpr std::string_view kLikely = "\x1a\x2a\x4a\x5a\x6a\x7a\x01\x02\x7f\x80\x81\xff";
  for (int i = 0; i < 50'000; ++i) {
    std::string wire(random() % 24, '\0');
    for (char& byte : wire) byte = kLikely[random() % kLikely.size()];
    if (!well_formed(wire)) continue;
    const WallTime wall_time({1, 1, 1});
    finish_event_times(wire.data(), wire.size(), wall_time);
    ASSERT_TRUE(well_formed(wire));
  }
}

TEST(RecordReader, gives_events_their_wall_time) {
  // Ticks are nanoseconds here, 1000 behind unix time.
  const WallTime wall_time({5'000, 5'000, 6'000});
  std::string ticks_event{tag(11, kLength), 9, detail::kTicksTag};
  std::string unix_event{tag(11, kLength), 9, tag(1, kFixed64)};
  const uint64_t time = 7'000;
  for (std::string* event : {&ticks_event, &unix_event})
    event->append(reinterpret_cast<const char*>(&time), sizeof time);
  // An attribute may hold the same bytes: they are not an event's.
  std::string attribute = ticks_event;
  attribute[0] = tag(9, kLength);
  std::string wire = field(5, 3) + ticks_event + attribute + unix_event;
  const std::string before = wire;
  finish_event_times(wire.data(), wire.size(), wall_time);
  EXPECT_EQ(wire[7], tag(1, kFixed64));
  EXPECT_EQ(detail::load<uint64_t>(wire.data() + 8), 8'000u);
  EXPECT_EQ(wire.substr(16), before.substr(16));
}

struct TimesCase {
  uint64_t start;
  uint64_t end;
  uint8_t marks;
  SpanTimes expected;
};

TEST(RecordReader, times_of_the_user_stand_and_cero_s_are_mended) {
  using detail::kEndIsUnix;
  using detail::kStartIsUnix;
  const WallTime wall_time({5'000, 5'000, 6'000});  // as above
  const TimesCase cases[] = {
      {5'100, 5'200, 0, {6'100, 6'200, false}},
      {5'200, 5'200, 0, {6'200, 6'200, false}},
      {5'200, 5'100, 0, {6'200, 6'200, true}},
      {1'000, 5'200, kStartIsUnix, {1'000, 6'200, false}},
      {9'000, 5'200, kStartIsUnix, {9'000, 9'000, true}},
      {5'100, 9'000, kEndIsUnix, {6'100, 9'000, false}},
      {5'100, 1'000, kEndIsUnix, {6'100, 1'000, true}},
      {9'000, 1'000, kStartIsUnix | kEndIsUnix, {9'000, 1'000, true}},
  };
  for (const TimesCase& one : cases) {
    TestRecord record(sizeof(RecordHeader), 1);
    record.header().start = one.start;
    record.header().end = one.end;
    record.header().marks = one.marks;
    const SpanTimes times = times_of(record, wall_time);
    EXPECT_EQ(times.start, one.expected.start) << one.start << ' ' << one.end;
    EXPECT_EQ(times.end, one.expected.end) << one.start << ' ' << one.end;
    EXPECT_EQ(times.was_negative, one.expected.was_negative) << one.start << ' ' << one.end;
  }
}

}  // namespace
}  // namespace cero::core
