// Target: where an endpoint that validate() has passed leads to.
//
// An endpoint is a URL of http or https, or "unix:SOCKET:PATH": HTTP without TLS over a Unix
// socket.
#ifndef CERO_CORE_HTTP_TARGET_H_
#define CERO_CORE_HTTP_TARGET_H_

#include <string>
#include <string_view>

namespace cero::core {

struct Target {
  std::string url;
  std::string socket_path = {};  // empty: the host and port of the URL
};

// A scheme may be in capitals.
bool is_https(std::string_view url);

Target target_of(const std::string& endpoint);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TARGET_H_
