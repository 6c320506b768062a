// SpanContent: what one span of an online shop would say, from a seeded generator.
#ifndef CERO_TOOLS_LOADGEN_SPAN_CONTENT_H_
#define CERO_TOOLS_LOADGEN_SPAN_CONTENT_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "cero/span.h"

namespace cero::loadgen {

// SplitMix64: a few instructions a number, and any seed is a good one.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58'476d'1ce4'e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11eb;
    return mixed ^ mixed >> 31;
  }
  // Below `bound`, which is positive.
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>((next() >> 32) * bound >> 32); }

 private:
  uint64_t state_;
};

// Text of limited length without an allocation.
class ShortText {
 public:
  void append(std::string_view text);
  void append(uint64_t number);
  void clear() { size_ = 0; }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 96> text_;  // what does not fit is cut off
  size_t size_ = 0;
};

enum class Operation : uint8_t { serve, call, query, compute };

struct SpanContent {
  Operation operation = Operation::serve;
  SpanKind kind = SpanKind::server;
  std::string_view name;
  bool failed = false;
  std::string_view error_type;
  std::string_view error_message;

  // serve and call
  std::string_view method;
  std::string_view route;
  std::string_view host;
  std::string_view user_agent;
  ShortText path;
  ShortText client_address;
  int32_t status = 0;

  // query
  std::string_view system;
  std::string_view table;
  std::string_view statement;

  // compute
  std::string_view function;
  std::string_view source_file;

  // all
  ShortText user;
  ShortText order;
  std::string_view region;
  uint32_t port = 0;
  uint32_t size = 0;
  uint32_t rows = 0;
  double amount = 0;
  bool cached = false;
};

class ContentGenerator {
 public:
  explicit ContentGenerator(uint64_t seed) : random_(seed) {}

  // The entry of a trace: a served request, of a user that the trace's other spans share.
  void fill_root(SpanContent& content);
  void fill_child(SpanContent& content);
  Random& random() { return random_; }

 private:
  void fill_request(SpanContent& content);
  void fill_query(SpanContent& content);
  void fill_compute(SpanContent& content);
  void fill_shared(SpanContent& content);
  void maybe_fail(SpanContent& content);

  Random random_;
  uint32_t user_ = 0;
  uint32_t order_ = 0;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_SPAN_CONTENT_H_
