// What the extension needs of a Span beyond its API: to read what it has recorded, to carry over
// what the SDK counted, and to let go of one that never ended.
#ifndef CERO_PYTHON_NATIVE_SPAN_ACCESS_H_
#define CERO_PYTHON_NATIVE_SPAN_ACCESS_H_

#include "cero/span.h"

namespace cero::python {

// What it has recorded, also after its end; null: it has no context of its own.
detail::SpanBuffer* buffer_of(const Span& span) noexcept;
// Neither ends nor counts it.
void abandon(Span& span) noexcept;

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_SPAN_ACCESS_H_
