// Span contexts of the API and of cero, each as the other's.
//
// What is lost on the way to the API's: a tracestate that only Level 2 of W3C's specification
// allows ("foo@@bar=1"), which its TraceState refuses whole.
#ifndef CERO_OTEL_SPAN_CONTEXT_H_
#define CERO_OTEL_SPAN_CONTEXT_H_

#include <opentelemetry/trace/span_context.h>

#include <array>
#include <cstring>
#include <new>
#include <string>

#include "cero/otel/values.h"
#include "cero/span_context.h"

namespace cero::otel {

inline std::string to_header(const api::trace::TraceState& state) noexcept {
  std::string header;
  const bool whole =
      state.GetAllEntries([&](api::nostd::string_view key, api::nostd::string_view value) noexcept {
        try {
          if (!header.empty()) header += ',';
          header.append(to_view(key)).append(1, '=').append(to_view(value));
          return true;
        } catch (const std::bad_alloc&) {
          return false;
        }
      });
  return whole ? header : std::string();
}

inline TraceState to_cero(const api::nostd::shared_ptr<api::trace::TraceState>& state) noexcept {
  if (state == nullptr || state->Empty()) return {};
  return TraceState::from_header(to_header(*state));
}

inline TraceId to_cero(const api::trace::TraceId& id) noexcept {
  std::array<uint8_t, 16> bytes;
  std::memcpy(bytes.data(), id.Id().data(), bytes.size());
  return TraceId(bytes);
}
inline SpanId to_cero(const api::trace::SpanId& id) noexcept {
  std::array<uint8_t, 8> bytes;
  std::memcpy(bytes.data(), id.Id().data(), bytes.size());
  return SpanId(bytes);
}

inline SpanContext to_cero(const api::trace::SpanContext& context) noexcept {
  return {to_cero(context.trace_id()), to_cero(context.span_id()), context.trace_flags().flags(),
          context.IsRemote(), to_cero(context.trace_state())};
}

inline api::trace::SpanContext to_api(const SpanContext& context) noexcept {
  const api::trace::TraceId trace_id(context.trace_id().bytes());
  const api::trace::SpanId span_id(context.span_id().bytes());
  const api::trace::TraceFlags flags(context.flags());
  if (context.trace_state().empty()) return {trace_id, span_id, flags, context.remote()};
  return {trace_id, span_id, flags, context.remote(),
          api::trace::TraceState::FromHeader(to_api(context.trace_state().to_header()))};
}

}  // namespace cero::otel

#endif  // CERO_OTEL_SPAN_CONTEXT_H_
