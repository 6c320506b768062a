// Telemetry: what a shop service needs for tracing, and what the demo wants to know about it.
//
// A service of your own needs only the provider and a tracer. The rest measures: every span's time
// inside cero's calls.
#ifndef CERO_EXAMPLES_SHOP_TELEMETRY_H_
#define CERO_EXAMPLES_SHOP_TELEMETRY_H_

#include <cero/cero.h>

#include <exception>
#include <mutex>
#include <string>
#include <string_view>

#include "loadgen/call_timer.h"
#include "loadgen/latency_histogram.h"

namespace shop {

class Telemetry {
 public:
  // OTEL_* variables say where spans go to; `http_version` is the one thing they have no word for.
  static cero::Result<Telemetry> create(const std::string& service_name,
                                        cero::HttpVersion http_version);

  // Threads of the service call it before their first span; only a thread's first call does
  // something.
  void prepare_thread();

  cero::TracerProvider& provider() { return provider_; }
  cero::Tracer& tracer() { return tracer_; }
  uint64_t clock_cost_ns() const { return clock_cost_ns_; }

  void add_span_cost(uint64_t nanoseconds);
  cero::loadgen::LatencyHistogram span_costs() const;

 private:
  explicit Telemetry(cero::TracerProvider provider, const std::string& service_name);

  cero::TracerProvider provider_;
  cero::Tracer tracer_;
  uint64_t clock_cost_ns_;
  struct Costs {
    std::mutex mutex;
    cero::loadgen::LatencyHistogram spans;
  };
  std::unique_ptr<Costs> costs_;
};

// A current span whose cost is measured: cero's start, attributes and end, not the work between
// them.
class TimedSpan {
 public:
  TimedSpan(Telemetry& telemetry, std::string_view name, const cero::StartOptions& options);
  ~TimedSpan();
  TimedSpan(const TimedSpan&) = delete;
  TimedSpan& operator=(const TimedSpan&) = delete;

  // Calls set(cero::Span&), which is what it costs to record more.
  template <typename Set>
  void record(const Set& set) {
    timer_.start();
    set(static_cast<cero::Span&>(*span_));
    timer_.stop();
  }
  void record_failure(const std::exception& exception);

  cero::SpanContext context() const { return span_->context(); }

 private:
  Telemetry& telemetry_;
  cero::loadgen::CallTimer timer_{true};
  std::optional<cero::ScopedSpan> span_;
};

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_TELEMETRY_H_
