// The Transport on libcurl: HTTP/1.1 keep-alive and HTTP/2, TLS by OpenSSL, one multi handle.
//
// What it never does: follow a redirect, send Expect, raise a signal in a host's thread, look at
// cookies or .netrc, or put a header's value anywhere but into the request. Proxies
// (https_proxy, no_proxy) are libcurl's own, the variables read when it is made. Certificate files
// are read again for each new connection.
#ifndef CERO_CORE_HTTP_CURL_TRANSPORT_H_
#define CERO_CORE_HTTP_CURL_TRANSPORT_H_

#include <memory>
#include <span>

#include "cero/options.h"
#include "cero/result.h"
#include "http/transport.h"

namespace cero::core {

// A Transport that has opened nothing yet, to the `endpoint` of each of these, which differ in what
// is an endpoint's own (ValidOptions::endpoints()). The error names a proxy's variable that cannot
// be one. Precondition: validate() found nothing wrong.
Result<std::unique_ptr<Transport>> make_transport(std::span<const Exporter> endpoints);
inline Result<std::unique_ptr<Transport>> make_transport(const Exporter& only_endpoint) {
  return make_transport(std::span(&only_endpoint, 1));
}

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_CURL_TRANSPORT_H_
