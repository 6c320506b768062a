// What a backend answers: ExportTraceServiceResponse on success, google.rpc.Status on failure
// [spec 1.3].
#ifndef CERO_CORE_OTLP_RESPONSE_H_
#define CERO_CORE_OTLP_RESPONSE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cero::core {

struct ExportResponse {
  int64_t rejected_spans = 0;  // as the server says it: may be negative or absurd
  std::string message;         // for people, printable; without rejected spans it is a warning
};

// What a server says may end up in the host's log: UTF-8, no line breaks, no terminal sequences, at
// most 256 bytes and the dots of a cut.
std::string printable(std::string_view text);

// nullopt: the bytes are none. No bytes at all are a full success.
std::optional<ExportResponse> read_export_response(std::string_view body);

// The message for people in the answer to a failed request: that of a google.rpc.Status, or the
// text itself when the server (a proxy, perhaps) answered in text, whatever it calls it. Printable,
// at most 256 bytes; empty when there is none.
std::string read_error_message(std::string_view body, std::string_view content_type);

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_RESPONSE_H_
