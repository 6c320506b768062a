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

// localhost, 127.0.0.0/8 or ::1, the latter with or without brackets. Other names are not looked
// up.
bool is_this_machine(std::string_view host);

// A Unix socket, or a host that is this machine; of an endpoint as its user wrote it too.
bool leads_to_this_machine(std::string_view endpoint);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TARGET_H_
