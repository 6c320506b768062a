#include "telemetry.h"

#include <utility>

namespace shop {

cero::Result<Telemetry> Telemetry::create(const std::string& service_name,
                                          cero::HttpVersion http_version) {
  auto provider = cero::TracerProvider::from_environment({
      .resource = {{"service.name", service_name},
                   {"service.version", CERO_VERSION},
                   {"service.namespace", "shop"}},
      .exporter = {.http_version = http_version},
  });
  if (!provider) return provider.error();
  return Telemetry(*std::move(provider), service_name);
}

Telemetry::Telemetry(cero::TracerProvider provider, const std::string& service_name)
    : provider_(std::move(provider)),
      tracer_(provider_.get_tracer(service_name, CERO_VERSION)),
      clock_cost_ns_(cero::loadgen::measure_clock_cost_ns()),
      costs_(std::make_unique<Costs>()) {}

void Telemetry::prepare_thread() {
  thread_local bool prepared = false;
  if (std::exchange(prepared, true)) return;
  // Refused memory is no reason not to serve: the thread's spans are then counted as no_memory.
  (void)provider_.prepare_thread();
}

void Telemetry::add_span_cost(uint64_t nanoseconds) {
  const std::lock_guard lock(costs_->mutex);
  costs_->spans.add(nanoseconds);
}

cero::loadgen::LatencyHistogram Telemetry::span_costs() const {
  const std::lock_guard lock(costs_->mutex);
  return costs_->spans;
}

TimedSpan::TimedSpan(Telemetry& telemetry, std::string_view name, const cero::StartOptions& options)
    : telemetry_(telemetry) {
  timer_.start();
  span_.emplace(telemetry.tracer().start_span(name, options));
  timer_.stop();
}

TimedSpan::~TimedSpan() {
  timer_.start();
  span_.reset();
  timer_.stop();
  telemetry_.add_span_cost(timer_.nanoseconds(telemetry_.clock_cost_ns()));
}

void TimedSpan::record_failure(const std::exception& exception) {
  record([&](cero::Span& span) {
    span.record_exception(exception);
    span.set_status(cero::StatusCode::error, exception.what());
  });
}

}  // namespace shop
