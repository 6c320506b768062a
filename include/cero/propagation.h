// W3C Trace Context: the headers that carry a span's context to another process [spec 2.6].
//
// Carriers are the caller's: inject calls a setter per header, extract calls a getter. Nothing here
// fails: what cannot be read leaves no context.
#ifndef CERO_PROPAGATION_H_
#define CERO_PROPAGATION_H_

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cero/context.h"
#include "cero/export.h"
#include "cero/span_context.h"

namespace cero {

constexpr std::string_view kTraceparentHeader = "traceparent";
constexpr std::string_view kTracestateHeader = "tracestate";

// The traceparent value, 55 characters; "" for an invalid context.
CERO_API std::string to_traceparent(const SpanContext& context);

// The remote context of these header values; invalid when the traceparent is absent, malformed or
// present more than once. Several tracestate headers are joined in their order; a malformed
// tracestate is dropped alone.
CERO_API SpanContext from_headers(std::span<const std::string_view> traceparents,
                                  std::span<const std::string_view> tracestates);

// Calls set(name, value) for each header that the context needs. By default the current span's.
template <std::invocable<std::string_view, std::string_view> Setter>
void inject(Setter&& set, const SpanContext& context = current_context()) {
  if (!context.valid()) return;
  set(kTraceparentHeader, std::string_view(to_traceparent(context)));
  if (!context.trace_state().empty()) set(kTracestateHeader, context.trace_state().to_header());
}

// `get_all(name)` returns a range of all values of a header (its name in lower case), convertible
// to std::string_view.
template <std::invocable<std::string_view> Getter>
SpanContext extract(Getter&& get_all) {
  const auto parents = get_all(kTraceparentHeader);
  const auto states = get_all(kTracestateHeader);
  const std::vector<std::string_view> traceparents(parents.begin(), parents.end());
  const std::vector<std::string_view> tracestates(states.begin(), states.end());
  return from_headers(traceparents, tracestates);
}

}  // namespace cero

#endif  // CERO_PROPAGATION_H_
