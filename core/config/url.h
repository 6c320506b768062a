// Url: what an endpoint must be [spec 1.2], checked before libcurl sees it.
//
// Or unix:///SOCKET or unix:/SOCKET: a Unix socket's absolute path, taken as it stands, perhaps
// with a colon and the path to ask for behind it.
//
// Stricter than RFC 3986, to catch mistakes while they can still be reported: http or https, a
// non-empty ASCII host or an IPv6 address in brackets, a port from 1 to 65535 if there is a colon,
// no userinfo, no fragment, no spaces or control characters.
#ifndef CERO_CORE_CONFIG_URL_H_
#define CERO_CORE_CONFIG_URL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cero/result.h"

namespace cero::core {

// Views are into the text that was parsed.
struct Url {
  bool https = false;
  std::string_view host;         // with the brackets of an IPv6 address
  uint16_t port = 0;             // 80 or 443 when the text has none
  std::string_view socket_path;  // of a Unix socket; then there is neither host nor port
  size_t path_at = 0;            // where the path starts, or belongs if it is empty
  bool path_empty = false;
};

// The error's message is the rest of a sentence that names the URL: what is wrong, and the fix.
Result<Url> parse_url(std::string_view text);

bool is_unix_url(std::string_view text);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_URL_H_
