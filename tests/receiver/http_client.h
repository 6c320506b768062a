// A real HTTP client (libcurl) for the receiver's tests. One connection is kept and used again.
#ifndef CERO_TESTS_RECEIVER_HTTP_CLIENT_H_
#define CERO_TESTS_RECEIVER_HTTP_CLIENT_H_

#include <curl/curl.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cero::test {

struct HttpResponse {
  CURLcode outcome = CURLE_OK;
  long status = 0;
  long http_version = 0;                       // CURL_HTTP_VERSION_...
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  struct Options {
    long http_version = CURL_HTTP_VERSION_1_1;
    std::string ca_pem = {};
    std::string client_pem = {};   // certificate and key
    std::string socket_path = {};  // a Unix socket, whatever the URL's host
    std::chrono::milliseconds timeout{20'000};
  };

  HttpClient() : HttpClient(Options{}) {}
  explicit HttpClient(Options options);

  // POST with content-type application/x-protobuf, unless `headers` has another.
  HttpResponse post(const std::string& url, const std::string& body,
                    const std::vector<std::string>& headers = {});
  HttpResponse request(const std::string& method, const std::string& url);

 private:
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };

  void reset(const std::string& url);
  HttpResponse perform(curl_slist* headers);

  Options options_;
  std::unique_ptr<CURL, Free> easy_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_RECEIVER_HTTP_CLIENT_H_
