// A certificate for localhost, 127.0.0.1 and ::1 from a CA made for this one process. The CA's key
// is forgotten at once, so that trusting its certificate trusts nothing else.
#ifndef CERO_TOOLS_RECEIVER_THROWAWAY_CERTIFICATE_H_
#define CERO_TOOLS_RECEIVER_THROWAWAY_CERTIFICATE_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace cero::receiver {

struct FreeOpenssl {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using CertificatePtr = std::unique_ptr<X509, FreeOpenssl>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

struct ThrowawayCertificate {
  CertificatePtr leaf;  // null when OpenSSL failed; its error queue says why
  KeyPtr leaf_key;
  std::string ca_certificate_pem;
};

ThrowawayCertificate make_throwaway_certificate();

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_THROWAWAY_CERTIFICATE_H_
