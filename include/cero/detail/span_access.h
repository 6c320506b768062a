// Not API: what an adapter may do with a span beside its methods. It keeps an object of its own in
// the span's buffer (SpanBuffer::guest), which must then outlive the Span.
#ifndef CERO_DETAIL_SPAN_ACCESS_H_
#define CERO_DETAIL_SPAN_ACCESS_H_

#include <utility>

#include "cero/span.h"
#include "cero/tracer.h"

namespace cero::detail {

struct SpanAccess {
  // nullptr: the span has none.
  static SpanBuffer* buffer(const Span& span) noexcept { return span.buffer_; }
  // What is recorded into; nullptr: the span is not recording.
  static SpanBuffer* recording(const Span& span) noexcept { return span.recording_; }
  // The span lets go of its buffer, which is the caller's to release. What it recorded and has not
  // ended is forgotten: nobody's ledger has it.
  static void leave(Span& span) noexcept {
    span.recording_ = nullptr;
    span.buffer_ = nullptr;
  }
  static void release(SpanBuffer& buffer) noexcept { Span::release(buffer); }

  // nullptr: spans of this tracer record nothing.
  static const core::ScopeInfo* scope(const Tracer& tracer) noexcept { return tracer.scope_; }
};

}  // namespace cero::detail

#endif  // CERO_DETAIL_SPAN_ACCESS_H_
