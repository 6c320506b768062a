// The server side of TLS: HTTP/2 or HTTP/1.1 by ALPN, with the user's certificate or a throwaway
// one.
#ifndef CERO_TOOLS_RECEIVER_TLS_H_
#define CERO_TOOLS_RECEIVER_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "cero/result.h"

namespace cero::receiver {

struct TlsOptions {
  std::string certificate_file = {};  // PEM, the leaf first; empty: a throwaway CA and a leaf
  std::string key_file = {};          // PEM
  std::string client_ca_file = {};    // PEM; set: clients must have a certificate of this CA
  bool allows_http2 = true;
};

class TlsContext {
 public:
  static Result<TlsContext> create(const TlsOptions& options);

  SSL* new_session() const { return SSL_new(context_.get()); }
  // The throwaway CA's certificate; empty when the certificate came from the user.
  const std::string& ca_certificate_pem() const { return ca_certificate_pem_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  TlsContext() = default;

  std::unique_ptr<SSL_CTX, Free> context_;
  std::string ca_certificate_pem_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_TLS_H_
