#include "http/transport_check.h"

#include <curl/curl.h>

#include <memory>

namespace cero::core {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

constexpr unsigned int kFirstWithSoundH2c = 0x080000;

}  // namespace

std::optional<std::string> endpoint_problem(const std::string& endpoint) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, endpoint.c_str(), 0);
  if (code == CURLUE_OK) return std::nullopt;
  return "which libcurl cannot read (" + std::string(curl_url_strerror(code)) +
         "): it should look like http://localhost:4318/v1/traces";
}

std::optional<std::string> http_version_problem(HttpVersion version) {
  if (version != HttpVersion::http2 && version != HttpVersion::h2c) return std::nullopt;
  const std::string name = version == HttpVersion::h2c ? "h2c" : "http2";
  const curl_version_info_data* curl = curl_version_info(CURLVERSION_NOW);
  if ((curl->features & CURL_VERSION_HTTP2) == 0) {
    return "is " + name +
           ", and this libcurl is built without HTTP/2: choose automatic or http1, or use a "
           "libcurl "
           "that has it";
  }
  if (version == HttpVersion::h2c && curl->version_num < kFirstWithSoundH2c) {
    return "is h2c, which libcurl " + std::string(curl->version) +
           " breaks when it reuses a connection: use libcurl 8 or newer, https, or http1";
  }
  return std::nullopt;
}

}  // namespace cero::core
