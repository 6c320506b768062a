#include "receiver/throwaway_certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <utility>

namespace cero::receiver {
namespace {

struct Extension {
  int nid;
  const char* value;
};

CertificatePtr blank_certificate(const char* common_name, EVP_PKEY* key,
                                 const CertificateTerms& terms) {
  CertificatePtr certificate(X509_new());
  uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) != 1) {
    return nullptr;
  }
  X509* x509 = certificate.get();
  const auto* name = reinterpret_cast<const unsigned char*>(common_name);
  const bool ok = X509_set_version(x509, X509_VERSION_3) == 1 &&
                  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) == 1 &&
                  X509_gmtime_adj(X509_getm_notBefore(x509), terms.valid_from) != nullptr &&
                  X509_gmtime_adj(X509_getm_notAfter(x509), terms.valid_to) != nullptr &&
                  X509_set_pubkey(x509, key) == 1 &&
                  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8, name,
                                             -1, -1, 0) == 1;
  return ok ? std::move(certificate) : nullptr;
}

bool add_extension(X509* certificate, X509* issuer, Extension extension) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value);
  if (made == nullptr) return false;
  const bool added = X509_add_ext(certificate, made, -1) == 1;
  X509_EXTENSION_free(made);
  return added;
}

template <size_t kCount>
bool finish_certificate(X509* certificate, X509* issuer, EVP_PKEY* issuer_key,
                        const Extension (&extensions)[kCount]) {
  if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1) return false;
  for (const Extension& extension : extensions) {
    if (!add_extension(certificate, issuer, extension)) return false;
  }
  return X509_sign(certificate, issuer_key, EVP_sha256()) > 0;
}

template <typename Write>
std::string to_pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  if (!memory || write(memory.get()) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string to_pem(X509* certificate) {
  return to_pem([&](BIO* to) { return PEM_write_bio_X509(to, certificate); });
}

}  // namespace

std::string ThrowawayCertificate::leaf_pem() const { return to_pem(leaf.get()); }

std::string ThrowawayCertificate::leaf_key_pem() const {
  return to_pem([&](BIO* to) {
    return PEM_write_bio_PrivateKey(to, leaf_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

ThrowawayCertificate make_throwaway_certificate(const CertificateTerms& terms) {
  const KeyPtr ca_key(EVP_EC_gen("P-256"));
  KeyPtr leaf_key(EVP_EC_gen("P-256"));
  if (!ca_key || !leaf_key) return {};
  const CertificatePtr ca = blank_certificate("cero-receiver throwaway CA", ca_key.get(), {});
  const Extension ca_extensions[] = {
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign"},
      {NID_subject_key_identifier, "hash"},
  };
  if (!ca || !finish_certificate(ca.get(), ca.get(), ca_key.get(), ca_extensions)) return {};

  const auto sign = [&](const CertificateTerms& of_leaf) -> CertificatePtr {
    CertificatePtr leaf = blank_certificate("localhost", leaf_key.get(), of_leaf);
    const Extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, of_leaf.usage},
        {NID_subject_alt_name, of_leaf.names},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
    };
    if (!leaf || !finish_certificate(leaf.get(), ca.get(), ca_key.get(), extensions))
      return nullptr;
    return leaf;
  };
  ThrowawayCertificate made;
  made.leaf = sign(terms);
  CertificateTerms expired = terms;
  expired.valid_to = -1;
  made.expired = sign(expired);
  CertificateTerms wrong_host = terms;
  wrong_host.names = "DNS:elsewhere.invalid";
  made.wrong_host = sign(wrong_host);
  if (!made.leaf || !made.expired || !made.wrong_host) return {};
  made.leaf_key = std::move(leaf_key);
  made.ca_certificate_pem = to_pem(ca.get());
  return made;
}

}  // namespace cero::receiver
