// Counts the spans of an ExportTraceServiceRequest by walking its bytes: no message is built.
//
// Checked: every length down to the fields of a span, and the size of its ids. What lies deeper
// (attributes, events, links) is skipped as a whole.
#ifndef CERO_TOOLS_RECEIVER_WIRE_COUNTER_H_
#define CERO_TOOLS_RECEIVER_WIRE_COUNTER_H_

#include <string>
#include <string_view>
#include <vector>

#include "receiver/id_set.h"

namespace cero::receiver {

// Appends one fingerprint a span. Returns what is wrong with the request, empty when nothing is.
std::string collect_spans(std::string_view request, std::vector<SpanFingerprint>& spans);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_WIRE_COUNTER_H_
