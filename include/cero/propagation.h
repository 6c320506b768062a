// W3C Trace Context: the headers that carry a span's context to another process [spec 2.6].
//
// Carriers are the caller's: inject calls a setter per header, extract calls a getter. Nothing here
// fails or throws, but what a setter or a getter throws goes through: what cannot be read, or finds
// no memory, leaves no context.
#ifndef CERO_PROPAGATION_H_
#define CERO_PROPAGATION_H_

#include <concepts>
#include <new>
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

// The traceparent value, 55 characters; "" for an invalid context, and without memory.
CERO_API std::string to_traceparent(const SpanContext& context) noexcept;

// The remote context of these header values; invalid when the traceparent is absent, malformed or
// present more than once. Several tracestate headers are joined in their order; a malformed
// tracestate, or one for which there is no memory, is dropped alone.
CERO_API SpanContext from_headers(std::span<const std::string_view> traceparents,
                                  std::span<const std::string_view> tracestates) noexcept;

// Calls set(name, value) for each header that the context needs: for none without memory. By
// default the current span's.
template <std::invocable<std::string_view, std::string_view> Setter>
void inject(Setter&& set, const SpanContext& context = current_context()) {
  const std::string traceparent = to_traceparent(context);
  if (traceparent.empty()) return;
  set(kTraceparentHeader, std::string_view(traceparent));
  if (!context.trace_state().empty()) set(kTracestateHeader, context.trace_state().to_header());
}

// `get_all(name)` returns a range of all values of a header (its name in lower case), convertible
// to std::string_view.
template <std::invocable<std::string_view> Getter>
SpanContext extract(Getter&& get_all) {
  const auto parents = get_all(kTraceparentHeader);
  const auto states = get_all(kTracestateHeader);
  std::vector<std::string_view> traceparents;
  std::vector<std::string_view> tracestates;
  try {
    traceparents.assign(parents.begin(), parents.end());
    tracestates.assign(states.begin(), states.end());
  } catch (const std::bad_alloc&) {
    return {};
  }
  return from_headers(traceparents, tracestates);
}

}  // namespace cero

#endif  // CERO_PROPAGATION_H_
