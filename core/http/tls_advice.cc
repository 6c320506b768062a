#include "http/tls_advice.h"

namespace cero::core {
namespace {

constexpr std::string_view kUntrusted =
    "the server's certificate comes from an authority that is not trusted here: name the "
    "authority's PEM file in exporter.ca_certificate_file";
constexpr std::string_view kExpired =
    "renew the server's certificate, or correct this machine's clock";
constexpr std::string_view kOtherHost =
    "the server's certificate is for other names: use one of them in exporter.endpoint";
constexpr std::string_view kWantsClient =
    "the server asks for a client certificate: name one in exporter.client_certificate_file";
constexpr std::string_view kMayWantClient =
    "the server ended the handshake; it may ask for a client certificate "
    "(exporter.client_certificate_file)";
constexpr std::string_view kClientRefused =
    "the server refuses the client certificate: renew exporter.client_certificate_file, or let the "
    "server trust its authority";
constexpr std::string_view kTooOld = "the server speaks no TLS 1.2 or newer: update it";
constexpr std::string_view kNoTls =
    "no TLS is spoken there: use http:// in exporter.endpoint, or the server's port for TLS";

struct Advice {
  std::string_view sign;  // a part of OpenSSL's or libcurl's text
  std::string_view advice;
};

// The first sign that fits counts. An alert is what the server has said of us.
constexpr Advice kAdvices[] = {
    {"alert certificate required", kWantsClient},
    {"alert certificate expired", kClientRefused},
    {"alert certificate revoked", kClientRefused},
    {"alert certificate unknown", kClientRefused},
    {"alert bad certificate", kClientRefused},
    {"alert unsupported certificate", kClientRefused},
    {"alert unknown ca", kClientRefused},
    {"alert access denied", kClientRefused},
    {"alert handshake failure", kMayWantClient},
    {"alert protocol version", kTooOld},
    {"unsupported protocol", kTooOld},
    {"wrong version number", kNoTls},
    {"packet length too long", kNoTls},
    {"certificate has expired", kExpired},
    {"certificate is not yet valid", kExpired},
    {"unable to get local issuer certificate", kUntrusted},
    {"unable to get issuer certificate", kUntrusted},
    {"self-signed certificate", kUntrusted},
    {"self signed certificate", kUntrusted},
    {"certificate subject name", kOtherHost},
};

std::string_view bad_file_advice(TrustFrom trust) {
  switch (trust) {
    case TrustFrom::option:
      return "exporter.ca_certificate_file must be a PEM file of certificates; it is read again "
             "for each new connection";
    case TrustFrom::variable:
      return "the variable SSL_CERT_FILE must name a PEM file of certificates; it is read again "
             "for each new connection";
    case TrustFrom::system:
      break;
  }
  return "this machine has no certificates of authorities: install the package ca-certificates, or "
         "name a PEM file in exporter.ca_certificate_file or SSL_CERT_FILE";
}

}  // namespace

std::string_view tls_advice(CURLcode code, std::string_view text, TrustFrom trust) {
  if (code == CURLE_SSL_CACERT_BADFILE) return bad_file_advice(trust);
  if (code == CURLE_SSL_CERTPROBLEM) {
    return "exporter.client_certificate_file and exporter.client_key_file must be PEM files that "
           "belong together; they are read again for each new connection";
  }
  for (const Advice& known : kAdvices) {
    if (text.find(known.sign) != std::string_view::npos) return known.advice;
  }
  return {};
}

}  // namespace cero::core
