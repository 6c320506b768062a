#include "otlp/response.h"

#include <algorithm>

#include "base/utf8.h"
#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

constexpr size_t kMessageBytesMax = 256;

bool parse(std::string_view body, google::protobuf::MessageLite* message) {
  return body.size() <= INT32_MAX &&
         message->ParseFromArray(body.data(), static_cast<int>(body.size()));
}

// C0, DEL, and C1: U+0080 to U+009F, which terminals obey too.
void blank_controls(std::string* text) {
  for (size_t i = 0; i < text->size(); ++i) {
    const auto byte = static_cast<unsigned char>((*text)[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text->size() ? (*text)[i + 1] : '\0');
    const bool is_c1 = byte == 0xc2 && next < 0xa0;
    if (byte < 0x20 || byte == 0x7f || is_c1) (*text)[i] = ' ';
    if (is_c1) (*text)[i + 1] = ' ';
  }
}

// Whatever it is called: no control character is in it but those between lines and words, and it is
// UTF-8 or for the most part ASCII.
bool is_text(std::string_view bytes) {
  const auto ascii =
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
  if (text_size(bytes) != bytes.size() && 2 * static_cast<size_t>(ascii) < bytes.size())
    return false;
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && (byte < '\t' || byte > '\r')) || byte == 0x7f;
  });
}

}  // namespace

std::string printable(std::string_view text) {
  // A character more than there is room for: so what the cut breaks in two lies behind it.
  text = text.substr(0, kMessageBytesMax + 4);
  std::string line(text_size(text), '\0');
  write_text(line.data(), text);
  blank_controls(&line);
  if (line.size() > kMessageBytesMax) {
    line.resize(kMessageBytesMax);
    // Not half a character at the cut.
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
  // The tag of a Status's message is a control character: no text has one by chance.
  otlp::ErrorStatus status;
  if (parse(body, &status) && !status.message().empty()) return printable(status.message());
  return is_text(body) ? printable(body) : std::string();
}

}  // namespace cero::core
