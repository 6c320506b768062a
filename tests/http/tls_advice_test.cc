// Goal: each kind of TLS failure has its advice, and nothing else has.
// Method: the texts of libcurl 7.88 and 8.14 on OpenSSL 3; tls_test.cc has them come about.
#include "http/tls_advice.h"

#include <gtest/gtest.h>

#include <string>

namespace cero::core {
namespace {

std::string advice(CURLcode code, std::string_view text) {
  return std::string(tls_advice(code, text, TrustFrom::option));
}

TEST(TlsAdvice, names_what_to_change) {
  const struct {
    CURLcode code;
    const char* text;
    const char* advice;
  } cases[] = {
      {CURLE_PEER_FAILED_VERIFICATION,
       "SSL certificate problem: unable to get local issuer certificate",
       "exporter.ca_certificate_file"},
      {CURLE_PEER_FAILED_VERIFICATION,
       "SSL certificate problem: self-signed certificate in certificate chain",
       "exporter.ca_certificate_file"},
      {CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: certificate has expired",
       "renew the server's certificate"},
      {CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: certificate is not yet valid",
       "this machine's clock"},
      {CURLE_PEER_FAILED_VERIFICATION,
       "SSL: no alternative certificate subject name matches target host name 'localhost'",
       "exporter.endpoint"},
      {CURLE_PEER_FAILED_VERIFICATION,
       "SSL: no alternative certificate subject name matches target ipv4 address '127.0.0.1'",
       "exporter.endpoint"},
      {CURLE_PEER_FAILED_VERIFICATION,
       "SSL: certificate subject name 'a' does not match target host name 'b'",
       "exporter.endpoint"},
      {CURLE_RECV_ERROR,
       "OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate "
       "required, errno 0",
       "asks for a client certificate"},
      {CURLE_SSL_CONNECT_ERROR,
       "OpenSSL/3.0.19: error:0A000410:SSL routines::sslv3 alert handshake failure",
       "may ask for a client certificate"},
      {CURLE_RECV_ERROR, "OpenSSL SSL_read: error:0A000418:SSL routines::tlsv1 alert unknown ca",
       "refuses the client certificate"},
      {CURLE_RECV_ERROR, "error:0A000415:SSL routines::sslv3 alert certificate expired",
       "refuses the client certificate"},
      {CURLE_SSL_CONNECT_ERROR, "error:0A00042E:SSL routines::tlsv1 alert protocol version",
       "TLS 1.2"},
      {CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number", "http://"},
      {CURLE_SSL_CACERT_BADFILE, "error setting certificate file: /x",
       "exporter.ca_certificate_file"},
      {CURLE_SSL_CERTPROBLEM, "could not load PEM client certificate",
       "exporter.client_certificate_file and exporter.client_key_file"},
  };
  for (const auto& one : cases)
    EXPECT_NE(advice(one.code, one.text).find(one.advice), std::string::npos) << one.text;
}

TEST(TlsAdvice, leaves_other_failures_alone) {
  EXPECT_EQ(advice(CURLE_COULDNT_CONNECT, "Failed to connect to localhost port 1"), "");
  EXPECT_EQ(advice(CURLE_OPERATION_TIMEDOUT, "Operation timed out after 10000 milliseconds"), "");
  EXPECT_EQ(advice(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: Connection reset by peer"), "");
}

TEST(TlsAdvice, tells_which_file_of_authorities_is_missing) {
  const auto missing = [](TrustFrom trust) {
    return std::string(
        tls_advice(CURLE_SSL_CACERT_BADFILE,
                   "error setting certificate file: /etc/ssl/certs/ca-certificates.crt", trust));
  };
  EXPECT_NE(missing(TrustFrom::system).find("install the package ca-certificates"),
            std::string::npos);
  EXPECT_NE(missing(TrustFrom::variable).find("the variable SSL_CERT_FILE"), std::string::npos);
  EXPECT_TRUE(missing(TrustFrom::option).starts_with("exporter.ca_certificate_file"));
}

}  // namespace
}  // namespace cero::core
