// OTLP/JSON as the specification maps it: hex ids, lowerCamelCase names, enums as numbers, 64-bit
// integers as strings, base64 for bytes values alone, nothing written for a default.
#ifndef CERO_TOOLS_RECEIVER_OTLP_JSON_H_
#define CERO_TOOLS_RECEIVER_OTLP_JSON_H_

#include <optional>
#include <string>
#include <string_view>

namespace cero::receiver {

// An ExportTraceServiceRequest as one line without the newline; nothing when it does not parse.
std::optional<std::string> to_otlp_json(std::string_view request);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_OTLP_JSON_H_
