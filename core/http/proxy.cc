#include "http/proxy.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>

#include "http/target.h"

namespace cero::core {
namespace {

using Variable = std::pair<std::string, std::string>;  // name and value

Variable first_set(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return {name, value};
  }
  return {};
}

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

using ParsedUrl = std::unique_ptr<CURLU, UrlDeleter>;

// nullptr: it is none.
ParsedUrl parse(const std::string& text) {
  ParsedUrl url(curl_url());
  constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME;
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kFlags) != CURLUE_OK) return nullptr;
  return url;
}

// Host and port alone are a proxy of HTTP.
ParsedUrl parse_proxy(const std::string& text) {
  return parse(text.find("://") == std::string::npos ? "http://" + text : text);
}

// Empty: it has none.
std::string part(const ParsedUrl& url, CURLUPart which, unsigned flags = 0) {
  char* found = nullptr;
  if (curl_url_get(url.get(), which, &found, flags) != CURLUE_OK) return {};
  std::string text(found);
  curl_free(found);
  return text;
}

bool is_proxy_url(const std::string& text) {
  constexpr std::array<std::string_view, 6> kSchemes = {"http",    "https",  "socks4",
                                                        "socks4a", "socks5", "socks5h"};
  const ParsedUrl url = parse_proxy(text);
  if (!url) return false;
  const std::string scheme = part(url, CURLUPART_SCHEME);
  return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

bool equal_ignoring_case(const std::string& a, const std::string& b) {
  return strcasecmp(a.c_str(), b.c_str()) == 0;
}

// A whole host, or the end of one: "example.org" and ".example.org" stand for each host in there.
bool is_host_or_domain(const std::string& host, std::string entry) {
  if (entry.starts_with('.')) entry.erase(0, 1);
  if (equal_ignoring_case(host, entry)) return true;
  if (entry.empty() || host.size() <= entry.size()) return false;
  const size_t rest = host.size() - entry.size();
  return host[rest - 1] == '.' && equal_ignoring_case(host.substr(rest), entry);
}

// Entries without a port are libcurl's to judge.
bool names_host_and_port(const std::string& none_for, const std::string& host,
                         const std::string& port) {
  constexpr const char* kSeparators = ", \t";
  for (size_t at = 0; (at = none_for.find_first_not_of(kSeparators, at)) != std::string::npos;) {
    const size_t end = std::min(none_for.find_first_of(kSeparators, at), none_for.size());
    const std::string entry = none_for.substr(at, end - at);
    at = end;
    const size_t colon = entry.rfind(':');
    if (colon == std::string::npos || entry.substr(colon + 1) != port) continue;
    if (is_host_or_domain(host, entry.substr(0, colon))) return true;
  }
  return false;
}

}  // namespace

Proxy proxy_from_environment(const std::string& url) {
  Variable found = is_https(url)
                       ? first_set({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                       : first_set({"http_proxy", "all_proxy", "ALL_PROXY"});
  std::string none_for = first_set({"no_proxy", "NO_PROXY"}).second;
  if (const ParsedUrl target = parse(url)) {
    const std::string host = part(target, CURLUPART_HOST);
    const std::string port = part(target, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (is_this_machine(host) || names_host_and_port(none_for, host, port)) return {};
  }
  return {.variable = std::move(found.first),
          .url = std::move(found.second),
          .none_for = std::move(none_for)};
}

std::string proxy_name(const Proxy& proxy) {
  const ParsedUrl url = proxy.url.empty() ? nullptr : parse_proxy(proxy.url);
  if (!url) return {};
  const std::string port = part(url, CURLUPART_PORT);
  return part(url, CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

std::optional<std::string> proxy_problem(const Proxy& proxy) {
  if (proxy.url.empty() || is_proxy_url(proxy.url)) return std::nullopt;
  return "the variable " + proxy.variable +
         " is no URL of a proxy: write for example http://proxy.example:3128, or unset it";
}

}  // namespace cero::core
