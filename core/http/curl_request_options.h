// CurlRequestOptions: what all transfers of one transport share, worked out once.
#ifndef CERO_CORE_HTTP_CURL_REQUEST_OPTIONS_H_
#define CERO_CORE_HTTP_CURL_REQUEST_OPTIONS_H_

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cero/options.h"
#include "http/proxy.h"
#include "http/target.h"
#include "http/tls_advice.h"
#include "http/transport.h"

namespace cero::core {

class Connections;
class LargeAnswer;

struct CurlListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;

// How old a connection may be that may be no older than `most`: up to a tenth less, in whole
// seconds, so that the processes which a deployment starts together do not renew theirs together.
std::chrono::seconds connection_age(std::chrono::seconds most, uint64_t random);

// The file that OpenSSL's programs trust, or empty. libcurl leaves it to the program to look.
std::string trusted_file_from_environment();

// Read-only once made. Throws std::bad_alloc.
struct CurlRequestOptions {
  // `trusted_file`: SSL_CERT_FILE, as trusted_file_from_environment() has it.
  CurlRequestOptions(const Exporter& options, const Proxy& chosen_proxy,
                     const std::string& trusted_file);

  const CurlList& headers_for(ContentEncoding encoding) const;

  const Exporter exporter;
  const Target target;
  const Proxy proxy;
  const std::string proxy_name;               // empty: none
  const std::chrono::seconds connection_age;  // 0: no bound
  const std::string ca_file;                  // PEM; empty: what libcurl is built to read
  const TrustFrom trust;
  CurlList headers;  // for an uncompressed body
  CurlList headers_gzip;
  CurlList headers_zstd;
  Connections* connections = nullptr;   // of the transport; outlives every transfer
  LargeAnswer* large_answer = nullptr;  // likewise
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_CURL_REQUEST_OPTIONS_H_
