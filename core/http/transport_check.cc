#include "http/transport_check.h"

#include <curl/curl.h>

#include <memory>
#include <new>

#include "http/target.h"

namespace cero::core {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool has_feature(int feature) {
  return (curl_version_info(CURLVERSION_NOW)->features & feature) != 0;
}
bool has_http2() { return has_feature(CURL_VERSION_HTTP2); }

// Empty when its h2c is sound.
std::string version_that_breaks_h2c() {
  return is_old_libcurl() ? curl_version_info(CURLVERSION_NOW)->version : "";
}

}  // namespace

std::string libcurl_version() { return curl_version(); }

bool is_old_libcurl() { return curl_version_info(CURLVERSION_NOW)->version_num < 0x080000; }

std::optional<uint32_t> upload_window(const Exporter& exporter) {
  if (!is_old_libcurl() || exporter.http_version == HttpVersion::http1) return std::nullopt;
  if (!is_https(exporter.endpoint)) return std::nullopt;  // HTTP/1.1 there
  return exporter.http2_window_bytes;
}

std::optional<std::string> endpoint_problem(const std::string& endpoint) {
  const Target target = target_of(endpoint);
  if (!target.socket_path.empty() && !has_feature(CURL_VERSION_UNIX_SOCKETS)) {
    return "and this libcurl is built without Unix sockets: use http, or a libcurl that has them";
  }
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  const CURLUcode code =
      url ? curl_url_set(url.get(), CURLUPART_URL, target.url.c_str(), 0) : CURLUE_OUT_OF_MEMORY;
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code == CURLUE_OK) return std::nullopt;
  return "which libcurl cannot read (" + std::string(curl_url_strerror(code)) +
         "): it should look like http://localhost:4318/v1/traces";
}

std::optional<std::string> http_version_problem(HttpVersion version) {
  if (version != HttpVersion::http2 && version != HttpVersion::h2c) return std::nullopt;
  const std::string name = version == HttpVersion::h2c ? "h2c" : "http2";
  if (!has_http2()) {
    return "is " + name +
           ", and this libcurl is built without HTTP/2: choose automatic or http1, or use a "
           "libcurl that has it";
  }
  const std::string broken = version_that_breaks_h2c();
  if (version != HttpVersion::h2c || broken.empty()) return std::nullopt;
  return "is h2c, which libcurl " + broken +
         " breaks when it reuses a connection: use libcurl 8 or newer, https, or http1";
}

std::optional<std::string> grpc_problem(HttpVersion version) {
  if (!has_http2()) {
    return "is grpc, and this libcurl is built without HTTP/2: use a libcurl that has it";
  }
  const std::string broken = version_that_breaks_h2c();
  if (version != HttpVersion::h2c || broken.empty()) return std::nullopt;
  return "is grpc without TLS, that is h2c, which libcurl " + broken +
         " breaks when it reuses a connection: use libcurl 8 or newer, https";
}

}  // namespace cero::core
