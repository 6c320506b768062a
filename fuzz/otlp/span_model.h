// SpanModel: what a span must look like on the wire, kept as the official message from call to
// call, the obvious way.
#ifndef CERO_FUZZ_OTLP_SPAN_MODEL_H_
#define CERO_FUZZ_OTLP_SPAN_MODEL_H_

#include <string>
#include <string_view>
#include <vector>

#include "cero/options.h"
#include "cero/span.h"
#include "otlp/value_pair.h"
#include "support/official_messages.h"

namespace cero::fuzz {

class SpanModel {
 public:
  explicit SpanModel(const Options& options)
      : limits_(options.limits), span_bytes_max_(options.span_bytes_max) {}

  void start(std::string_view name, SpanKind kind);
  // `context` is its own.
  void identify(const SpanContext& context, const SpanContext& parent);
  void set_attribute(std::string_view key, const official::AnyValue& value);
  void add_event(std::string_view name, const std::vector<AttributePair>& attributes,
                 uint64_t time);  // 0: now
  void add_link(const SpanContext& context, const std::vector<AttributePair>& attributes);
  void set_status(StatusCode code, std::string_view description);
  void update_name(std::string_view name);
  void set_start_time(uint64_t unix_ns) { span_.set_start_time_unix_nano(unix_ns); }
  void set_end_time(uint64_t unix_ns) { span_.set_end_time_unix_nano(unix_ns); }

  size_t size_bytes() const { return span_.ByteSizeLong(); }

  // Of the span as it is now. `either`: it was too large while it grew, or while an attribute stood
  // in it twice, old and new. A buffer may have had the room all the same.
  enum class Fate { kept, either, lost };
  Fate fate() const;

  // What is wrong with the span as it was received; "" when nothing is.
  std::string check(const official::Span& received) const;

 private:
  std::string check_times(const official::Span& received) const;
  // A record's: its header, and the fields that become wire bytes before the span ends.
  size_t record_bytes() const;
  void note_size(size_t more = 0);

  SpanLimits limits_;
  uint32_t span_bytes_max_;
  size_t record_bytes_max_ = 0;  // seen so far
  official::Span span_;          // times of 0: taken by cero
};

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_SPAN_MODEL_H_
