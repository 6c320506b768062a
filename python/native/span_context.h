// Span contexts, from the API's and to it.
#ifndef CERO_PYTHON_NATIVE_SPAN_CONTEXT_H_
#define CERO_PYTHON_NATIVE_SPAN_CONTEXT_H_

#include "cero/span_context.h"
#include "python.h"

namespace cero::python {

// Of an opentelemetry.trace.SpanContext. Throws what its attributes throw.
SpanContext read_span_context(nb::handle context);
nb::object make_span_context(const SpanContext& context);

// The ids as the API has them: whole numbers, most significant byte first.
nb::object id_to_int(const uint8_t* bytes, size_t size);
SpanId read_span_id(nb::handle number);
TraceId read_trace_id(nb::handle number);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_SPAN_CONTEXT_H_
