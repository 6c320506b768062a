// RequestChecker: holds the requests that came out of a program against the models of its spans.
#ifndef CERO_FUZZ_OTLP_REQUEST_CHECKER_H_
#define CERO_FUZZ_OTLP_REQUEST_CHECKER_H_

#include <array>
#include <deque>
#include <string>
#include <string_view>

#include "cero/options.h"
#include "cero/tracer.h"
#include "otlp/span_model.h"
#include "support/official_messages.h"
#include "support/recording_stage.h"

namespace cero::fuzz {

constexpr size_t kScopes = 3;
Tracer make_tracer(test::RecordingStage& stage, size_t scope);

class RequestChecker {
 public:
  // `options`: the program's, which must outlive this.
  explicit RequestChecker(const Options& options) : options_(options) {}

  // In the order in which the spans of a scope end.
  void expect(size_t scope, const SpanModel& span);
  void check(const std::string& request_bytes);
  // After the last request. `too_large`: spans that were counted as such.
  void check_missing(uint64_t too_large);

  // What was wrong, in lines; "" when nothing was.
  std::string take_wrong() { return std::move(wrong_); }

 private:
  void fail(std::string_view what) { (wrong_ += what) += '\n'; }
  void check_scope(const official::ScopeSpans& received);
  void check_span(size_t scope, const official::Span& received);

  const Options& options_;
  std::array<std::deque<SpanModel>, kScopes> expected_;
  uint64_t lost_ = 0;
  std::string wrong_;
};

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_REQUEST_CHECKER_H_
