// The server side of TLS: HTTP/2 or HTTP/1.1 by ALPN, with the user's certificate or a throwaway
// one.
#ifndef CERO_TOOLS_RECEIVER_TLS_H_
#define CERO_TOOLS_RECEIVER_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "cero/result.h"
#include "receiver/fault_actions.h"
#include "receiver/throwaway_certificate.h"

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

  // With the certificate that the fault asks for, if it does: one that has expired or is another
  // host's there is only from a throwaway CA.
  SSL* new_session(ConnectionFault::Kind fault) const;
  // The throwaway CA's certificate; empty when the certificate came from the user.
  const std::string& ca_certificate_pem() const { return throwaway_.ca_certificate_pem; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  TlsContext() = default;

  std::unique_ptr<SSL_CTX, Free> context_;
  ThrowawayCertificate throwaway_;  // its members are null with a certificate of the user's
  ThrowawayCertificate stranger_;   // of a CA that nobody trusts
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_TLS_H_
