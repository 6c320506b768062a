// Proxy: what the environment says about proxies, read once: the host's other threads may change
// the environment while it runs.
#ifndef CERO_CORE_HTTP_PROXY_H_
#define CERO_CORE_HTTP_PROXY_H_

#include <optional>
#include <string>

namespace cero::core {

struct Proxy {
  std::string variable = {};  // where the URL is from
  std::string url = {};       // empty: none. May hold a password.
  std::string none_for = {};  // hosts to reach without it, as in no_proxy
};

// The names are curl's: https_proxy or http_proxy by the URL's scheme, else all_proxy; no_proxy.
// In capitals too, but for HTTP_PROXY, which a CGI server makes of a request's header. None for
// this machine itself (localhost, 127.0.0.0/8, ::1), which a proxy would take for its own, and for
// a host with a port that no_proxy names, which libcurl does not read.
Proxy proxy_from_environment(const std::string& url);

// Its host and port, for people; empty without a proxy.
std::string proxy_name(const Proxy& proxy);

// What is wrong with its URL, and the fix, without the URL. Known before the first request, whose
// failure libcurl would describe with the password.
std::optional<std::string> proxy_problem(const Proxy& proxy);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_PROXY_H_
