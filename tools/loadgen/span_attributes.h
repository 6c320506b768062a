// Sets a span's first `count` attributes, by the names of OpenTelemetry's semantic conventions.
#ifndef CERO_TOOLS_LOADGEN_SPAN_ATTRIBUTES_H_
#define CERO_TOOLS_LOADGEN_SPAN_ATTRIBUTES_H_

#include <cstdint>

#include "cero/span.h"
#include "loadgen/span_content.h"

namespace cero::loadgen {

void set_attributes(Span& span, const SpanContent& content, uint32_t count) noexcept;

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_SPAN_ATTRIBUTES_H_
