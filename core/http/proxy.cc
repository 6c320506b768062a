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

// Host and port alone are a proxy of HTTP.
bool is_proxy_url(const std::string& text) {
  constexpr std::array<std::string_view, 6> kSchemes = {"http",    "https",  "socks4",
                                                        "socks4a", "socks5", "socks5h"};
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  const std::string whole = text.find("://") == std::string::npos ? "http://" + text : text;
  if (curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return false;
  char* scheme = nullptr;
  curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0);
  const bool known =
      scheme != nullptr && std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
  curl_free(scheme);
  return known;
}

}  // namespace

Proxy proxy_from_environment(const std::string& url) {
  const bool https = strncasecmp(url.c_str(), "https:", 6) == 0;
  Variable found = https ? first_set({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                         : first_set({"http_proxy", "all_proxy", "ALL_PROXY"});
  return {.variable = std::move(found.first),
          .url = std::move(found.second),
          .none_for = first_set({"no_proxy", "NO_PROXY"}).second};
}

std::optional<std::string> proxy_problem(const Proxy& proxy) {
  if (proxy.url.empty() || is_proxy_url(proxy.url)) return std::nullopt;
  return "the variable " + proxy.variable +
         " is no URL of a proxy: write for example http://proxy.example:3128, or unset it";
}

}  // namespace cero::core
