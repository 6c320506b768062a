// A request as it came in, the same for HTTP/1.1 and HTTP/2.
#ifndef CERO_TOOLS_RECEIVER_REQUEST_H_
#define CERO_TOOLS_RECEIVER_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cero::receiver {

using Header = std::pair<std::string, std::string>;  // names of received headers are lower case

struct Request {
  std::string method;
  std::string path;          // without the query
  std::string http_version;  // "1.0", "1.1" or "2"
  std::vector<Header> headers;
  std::string body;  // as sent until Intake has inflated it
  uint64_t connection_id = 0;
  int32_t stream_id = 0;        // HTTP/2; 0 on HTTP/1
  bool body_too_large = false;  // the rest of the body was not read
};

// The first value of a header, empty when there is none. `name` in lower case.
std::string_view header_value(const std::vector<Header>& headers, std::string_view name);

// What a handler is told of a well-formed export request. The views last as long as the call.
struct RequestInfo {
  uint64_t index = 0;  // 1 for the first well-formed request of this receiver
  uint64_t span_count = 0;
  std::string_view body;  // inflated: an ExportTraceServiceRequest
  const Request& request;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_REQUEST_H_
