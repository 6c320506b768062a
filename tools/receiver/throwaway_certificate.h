// A certificate for localhost, 127.0.0.1 and ::1 from a CA made for this one process, and two that
// a client must refuse. The CA's key is forgotten at once, so that trusting its certificate trusts
// nothing else.
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

// Of the leaf; the defaults are a server's on this host.
struct CertificateTerms {
  const char* names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const char* usage = "serverAuth";  // "clientAuth": a client's
  // Seconds from now.
  long valid_from = -3600;  // for peers whose clock is a little behind
  long valid_to = 30L * 24 * 3600;
};

struct ThrowawayCertificate {
  CertificatePtr leaf;  // null when OpenSSL failed; its error queue says why
  KeyPtr leaf_key;
  CertificatePtr expired;  // the same key's, as are the CA's other mistakes
  CertificatePtr wrong_host;
  std::string ca_certificate_pem;

  std::string leaf_pem() const;
  std::string leaf_key_pem() const;
};

ThrowawayCertificate make_throwaway_certificate(const CertificateTerms& terms = {});

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_THROWAWAY_CERTIFICATE_H_
