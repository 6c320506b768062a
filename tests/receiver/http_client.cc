#include "receiver/http_client.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace cero::test {
namespace {

size_t on_body(char* bytes, size_t, size_t size, void* response) {
  static_cast<HttpResponse*>(response)->body.append(bytes, size);
  return size;
}

size_t on_header(char* bytes, size_t, size_t size, void* response) {
  const std::string_view line(bytes, size);
  const size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string_view value = line.substr(colon + 2);
  static_cast<HttpResponse*>(response)->headers[name] = value.substr(0, value.find('\r'));
  return size;
}

}  // namespace

HttpClient::HttpClient(Options options) : options_(std::move(options)), easy_(curl_easy_init()) {}

void HttpClient::reset(const std::string& url) {
  CURL* easy = easy_.get();
  curl_easy_reset(easy);  // keeps the connection
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, options_.http_version);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  if (!options_.socket_path.empty())
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options_.socket_path.c_str());
  if (!options_.client_pem.empty()) {
    curl_blob client{options_.client_pem.data(), options_.client_pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &client);
    curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &client);
  }
  if (options_.ca_pem.empty()) return;
  curl_blob ca{options_.ca_pem.data(), options_.ca_pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &ca);
}

HttpResponse HttpClient::perform(curl_slist* headers) {
  HttpResponse response;
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &response);
  response.outcome = curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &response.http_version);
  curl_slist_free_all(headers);
  return response;
}

HttpResponse HttpClient::post(const std::string& url, const std::string& body,
                              const std::vector<std::string>& headers) {
  reset(url);
  curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDS, body.data());
  curl_slist* list = nullptr;
  bool has_type = false;
  for (const std::string& header : headers) {
    has_type = has_type || header.starts_with("content-type:");
    list = curl_slist_append(list, header.c_str());
  }
  if (!has_type) list = curl_slist_append(list, "content-type: application/x-protobuf");
  return perform(list);
}

HttpResponse HttpClient::request(const std::string& method, const std::string& url) {
  reset(url);
  curl_easy_setopt(easy_.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  if (method == "HEAD") curl_easy_setopt(easy_.get(), CURLOPT_NOBODY, 1L);
  return perform(nullptr);
}

}  // namespace cero::test
