// Propagation: W3C Trace Context for the API's propagators, read and written by cero.
//
// The API's own HttpTraceContext works with cero's spans too, but is of Level 1: it refuses
// tracestates that Level 2 allows.
//
// Threads: every method from any thread; set_global_propagator once, before the first request.
// Errors:  what cannot be read leaves the context as it was; set_global_propagator names what it
//          does not know.
#ifndef CERO_OTEL_PROPAGATION_H_
#define CERO_OTEL_PROPAGATION_H_

#include <opentelemetry/baggage/propagation/baggage_propagator.h>
#include <opentelemetry/context/propagation/composite_propagator.h>
#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/propagation/b3_propagator.h>
#include <opentelemetry/trace/propagation/jaeger.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cero/otel/parent.h"
#include "cero/propagation.h"
#include "cero/result.h"

namespace cero::otel {

// A carrier has one value for each name: several tracestate headers are joined by commas before,
// and so are several traceparent headers, which makes them the invalid one that they are.
class TraceContextPropagator final : public api::context::propagation::TextMapPropagator {
 public:
  using Carrier = api::context::propagation::TextMapCarrier;

  void Inject(Carrier& carrier, const api::context::Context& context) noexcept override {
    inject([&](std::string_view name,
               std::string_view value) { carrier.Set(to_api(name), to_api(value)); },
           context_of(context));
  }

  api::context::Context Extract(const Carrier& carrier,
                                api::context::Context& context) noexcept override try {
    const std::array traceparent{to_view(carrier.Get(to_api(kTraceparentHeader)))};
    const std::array tracestate{to_view(carrier.Get(to_api(kTracestateHeader)))};
    SpanContext found = from_headers(traceparent, tracestate);
    if (!found.valid()) return context;
    std::shared_ptr<api::trace::Span> span = std::make_shared<RemoteSpan>(std::move(found));
    return api::trace::SetSpan(context, span);
  } catch (const std::bad_alloc&) {
    return context;
  }

  bool Fields(
      api::nostd::function_ref<bool(api::nostd::string_view)> callback) const noexcept override {
    return callback(to_api(kTraceparentHeader)) && callback(to_api(kTracestateHeader));
  }
};

// By its name in OTEL_PROPAGATORS; nullptr for an unknown one.
inline std::unique_ptr<api::context::propagation::TextMapPropagator> make_propagator(
    std::string_view name) {
  namespace trace = api::trace::propagation;
  if (name == "tracecontext") return std::make_unique<TraceContextPropagator>();
  if (name == "baggage") return std::make_unique<api::baggage::propagation::BaggagePropagator>();
  if (name == "b3") return std::make_unique<trace::B3Propagator>();
  if (name == "b3multi") return std::make_unique<trace::B3PropagatorMultiHeader>();
  if (name == "jaeger") return std::make_unique<trace::JaegerPropagator>();
  return nullptr;
}

// Sets the API's global propagator: those that OTEL_PROPAGATORS lists (tracecontext, baggage, b3,
// b3multi, jaeger, none), by default tracecontext and baggage. The error names those it does not
// know; the others are set all the same. Throws std::bad_alloc.
inline Result<void> set_global_propagator() {
  const char* variable = std::getenv("OTEL_PROPAGATORS");
  std::string_view left = variable == nullptr ? "" : variable;
  if (left.empty()) left = "tracecontext,baggage";
  std::vector<std::string_view> seen;
  std::vector<std::unique_ptr<api::context::propagation::TextMapPropagator>> propagators;
  std::string unknown;
  while (!left.empty()) {
    const size_t comma = std::min(left.find(','), left.size());
    std::string_view name = left.substr(0, comma);
    left.remove_prefix(std::min(comma + 1, left.size()));
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    if (name.empty() || name == "none" || std::find(seen.begin(), seen.end(), name) != seen.end())
      continue;
    seen.push_back(name);
    if (auto propagator = make_propagator(name)) {
      propagators.push_back(std::move(propagator));
    } else {
      unknown.append(unknown.empty() ? "" : ", ").append(name);
    }
  }
  api::context::propagation::GlobalTextMapPropagator::SetGlobalPropagator(
      api::nostd::shared_ptr<api::context::propagation::TextMapPropagator>(
          new api::context::propagation::CompositePropagator(std::move(propagators))));
  if (unknown.empty()) return {};
  return Error{ErrorCode::invalid_options,
               "OTEL_PROPAGATORS: unknown and left out: " + unknown +
                   "; known are tracecontext, baggage, b3, b3multi, jaeger and none"};
}

}  // namespace cero::otel

#endif  // CERO_OTEL_PROPAGATION_H_
