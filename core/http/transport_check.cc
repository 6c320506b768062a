#include "http/transport_check.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace cero::core {
namespace {

using Problems = std::vector<std::string>;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// Empty when the part is absent.
std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

// The scheme, empty when the URL is unusable. The URL itself may hold a secret and is not repeated.
std::string check_endpoint(const Exporter& options, Problems* problems) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, options.endpoint.c_str(), 0);
  if (code != CURLUE_OK) {
    problems->push_back("exporter.endpoint is no URL (" + std::string(curl_url_strerror(code)) +
                        "); it should look like http://localhost:4318/v1/traces");
    return {};
  }
  std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    problems->push_back("exporter.endpoint has the scheme " + scheme + "; use http or https");
    return {};
  }
  return scheme;
}

void check_http_version(const Exporter& options, const std::string& scheme, Problems* problems) {
  const curl_version_info_data* curl = curl_version_info(CURLVERSION_NOW);
  const bool http2_built_in = (curl->features & CURL_VERSION_HTTP2) != 0;
  const bool wants_http2 =
      options.http_version == HttpVersion::http2 || options.http_version == HttpVersion::h2c;
  if (wants_http2 && !http2_built_in) {
    problems->push_back(
        "exporter.http_version asks for HTTP/2, and this libcurl is built without it");
  }
  if (options.http_version == HttpVersion::http2 && scheme == "http") {
    problems->push_back(
        "exporter.http_version is http2 and exporter.endpoint is http://; use https, or "
        "http_version h2c");
  }
  if (options.http_version != HttpVersion::h2c) return;
  if (scheme == "https") {
    problems->push_back(
        "exporter.http_version is h2c and exporter.endpoint is https://; use http2");
  }
  if (curl->version_num < 0x080000) {
    const bool grpc = options.protocol == Protocol::grpc;
    problems->push_back(std::string(grpc ? "exporter.protocol is grpc over http://, that is h2c"
                                         : "exporter.http_version is h2c") +
                        ", which libcurl " + curl->version +
                        " breaks when it reuses a connection; use libcurl 8 or newer, https, or " +
                        (grpc ? "http_protobuf" : "http1"));
  }
}

void check_readable(const char* option, const std::string& path, Problems* problems) {
  if (path.empty()) return;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  int error = file < 0 || fstat(file, &status) != 0 ? errno : 0;
  if (error == 0 && S_ISDIR(status.st_mode)) error = EISDIR;
  if (file >= 0) close(file);
  if (error == 0) return;
  std::array<char, 128> buffer{};
  problems->push_back(std::string(option) + ": cannot read " + path + ": " +
                      strerror_r(error, buffer.data(), buffer.size()));
}

bool is_token(std::string_view name) {
  constexpr std::string_view kTokenCharacters =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !name.empty() && name.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}

bool is_ours(const std::string& name) {
  for (const char* ours :
       {"Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding"}) {
    if (curl_strequal(name.c_str(), ours) != 0) return true;
  }
  return false;
}

// A line break in a value would let it write further headers.
bool is_header_value(std::string_view value) {
  for (const char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  }
  return true;
}

void check_headers(const Exporter& options, Problems* problems) {
  for (const Header& header : options.headers) {
    if (!is_token(header.name())) {
      problems->push_back("exporter.headers: \"" + header.name() + "\" is no header name");
    } else if (is_ours(header.name())) {
      problems->push_back("exporter.headers: " + header.name() + " is set by cero; remove it");
    } else if (!header.value()) {
      problems->push_back("exporter.headers: the value of " + header.name() +
                          " is a null pointer (an environment variable that is not set?)");
    } else if (!is_header_value(*header.value())) {
      problems->push_back("exporter.headers: the value of " + header.name() +
                          " holds a control character; remove it");
    }
  }
}

}  // namespace

std::vector<std::string> transport_problems(const Exporter& options) {
  Problems problems;
  const std::string scheme = check_endpoint(options, &problems);
  check_http_version(options, scheme, &problems);
  check_headers(options, &problems);
  check_readable("exporter.ca_certificate_file", options.ca_certificate_file, &problems);
  check_readable("exporter.client_certificate_file", options.client_certificate_file, &problems);
  check_readable("exporter.client_key_file", options.client_key_file, &problems);
  if (!options.client_key_file.empty() && options.client_certificate_file.empty()) {
    problems.push_back("exporter.client_key_file is set without exporter.client_certificate_file");
  }
  return problems;
}

}  // namespace cero::core
