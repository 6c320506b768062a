#include "otlp/response.h"

#include <algorithm>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

constexpr size_t kMessageBytesMax = 256;

bool parse(std::string_view body, google::protobuf::MessageLite* message) {
  return body.size() <= INT32_MAX &&
         message->ParseFromArray(body.data(), static_cast<int>(body.size()));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line(text.substr(0, kMessageBytesMax));
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  // Not half a character at the cut.
  if (text.size() > kMessageBytesMax) {
    while (!line.empty() && (line.back() & 0xc0) == 0x80) line.pop_back();
    if (!line.empty() && (line.back() & 0x80) != 0) line.pop_back();
    line += "...";
  }
  return line;
}

std::optional<ExportResponse> read_export_response(std::string_view body) {
  otlp::ExportTraceServiceResponse response;
  if (!parse(body, &response)) return std::nullopt;
  const otlp::ExportTracePartialSuccess& partial = response.partial_success();
  return ExportResponse{partial.rejected_spans(), printable(partial.error_message())};
}

std::string read_error_message(std::string_view body, std::string_view content_type) {
  if (content_type.starts_with("text/") || content_type.starts_with("application/json")) {
    return printable(body);
  }
  otlp::ErrorStatus status;
  return parse(body, &status) ? printable(status.message()) : std::string();
}

}  // namespace cero::core
