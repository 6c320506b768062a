// Goal: TLS with the throwaway CA, HTTP/2 and HTTP/1.1 by ALPN, and certificates of the user's.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "receiver/http_client.h"
#include "receiver/receiver.h"
#include "receiver/request_bodies.h"
#include "receiver/throwaway_certificate.h"
#include "support/temporary_file.h"

namespace cero::receiver {
namespace {

using test::export_request;
using test::HttpClient;

std::unique_ptr<Receiver> start_tls(ReceiverOptions options = {}) {
  options.listeners = {{.tls = true}};
  options.keep_requests = true;
  auto receiver = Receiver::start(std::move(options));
  EXPECT_TRUE(receiver) << receiver.error().message();
  return std::move(*receiver);
}

TEST(Tls, speaks_http2_by_alpn_over_one_connection) {
  const auto receiver = start_tls();
  HttpClient client(
      {.http_version = CURL_HTTP_VERSION_2TLS, .ca_pem = receiver->ca_certificate_pem()});
  for (int i = 0; i < 3; ++i) {
    const auto response =
        client.post(receiver->urls()[0], test::gzip(export_request(5)), {"content-encoding: gzip"});
    EXPECT_EQ(response.outcome, CURLE_OK);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.http_version, CURL_HTTP_VERSION_2_0);
  }
  EXPECT_EQ(receiver->counts().connections, 1u);
  EXPECT_EQ(receiver->counts().http_versions, (std::map<std::string, uint64_t>{{"2", 3}}));
}

TEST(Tls, speaks_http1_to_a_client_that_offers_only_that) {
  const auto receiver = start_tls();
  HttpClient client({.ca_pem = receiver->ca_certificate_pem()});
  const auto response = client.post(receiver->urls()[0], export_request(5));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.http_version, CURL_HTTP_VERSION_1_1);
}

TEST(Tls, speaks_http1_alone_when_told_to) {
  const auto receiver = start_tls({.http2 = false});
  HttpClient client(
      {.http_version = CURL_HTTP_VERSION_2TLS, .ca_pem = receiver->ca_certificate_pem()});
  const auto response = client.post(receiver->urls()[0], export_request(5));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.http_version, CURL_HTTP_VERSION_1_1);
}

TEST(Tls, survives_thousands_of_requests_on_one_http2_connection) {
  // libcurl 7.88 resets each stream after its answer, which nghttp2 by default ends the connection
  // for.
  const auto receiver = start_tls();
  HttpClient client(
      {.http_version = CURL_HTTP_VERSION_2TLS, .ca_pem = receiver->ca_certificate_pem()});
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(client.post(receiver->urls()[0], "").status, 200) << i;
  }
  EXPECT_EQ(receiver->counts().connections, 1u);
}

TEST(Tls, has_a_certificate_for_every_name_of_this_host) {
  const CertificatePtr leaf = make_throwaway_certificate().leaf;
  ASSERT_TRUE(leaf);
  EXPECT_EQ(X509_check_host(leaf.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(leaf.get(), "example.org", 0, 0, nullptr), 0);
}

TEST(Tls, is_trusted_only_through_its_ca) {
  const auto receiver = start_tls();
  const auto other = start_tls();
  HttpClient client({.ca_pem = other->ca_certificate_pem()});
  EXPECT_EQ(client.post(receiver->urls()[0], "").outcome, CURLE_PEER_FAILED_VERIFICATION);
  EXPECT_EQ(receiver->counts().requests, 0u);
}

TEST(Tls, is_not_troubled_by_a_client_without_tls) {
  const auto receiver = start_tls();
  std::string url = receiver->urls()[0];
  url.replace(0, 5, "http");
  EXPECT_NE(HttpClient().post(url, "").outcome, CURLE_OK);
  HttpClient client({.ca_pem = receiver->ca_certificate_pem()});
  EXPECT_EQ(client.post(receiver->urls()[0], "").status, 200);
}

// Two files with a certificate and its key.
class CertificateFiles {
 public:
  CertificateFiles() {
    const ThrowawayCertificate made = make_throwaway_certificate();
    ca_pem = made.ca_certificate_pem;
    write(certificate_file, [&](FILE* file) { PEM_write_X509(file, made.leaf.get()); });
    write(key_file, [&](FILE* file) {
      PEM_write_PrivateKey(file, made.leaf_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~CertificateFiles() {
    std::remove(certificate_file.c_str());
    std::remove(key_file.c_str());
  }

  std::string certificate_file = testing::TempDir() + "cero_cert_" + std::to_string(getpid());
  std::string key_file = testing::TempDir() + "cero_key_" + std::to_string(getpid());
  std::string ca_pem;

 private:
  template <typename Write>
  static void write(const std::string& path, Write write) {
    FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    write(file);
    std::fclose(file);
  }
};

TEST(Tls, uses_the_certificate_it_is_given) {
  const CertificateFiles files;
  const auto receiver =
      start_tls({.certificate_file = files.certificate_file, .key_file = files.key_file});
  EXPECT_EQ(receiver->ca_certificate_pem(), "");
  HttpClient client({.ca_pem = files.ca_pem});
  EXPECT_EQ(client.post(receiver->urls()[0], "").status, 200);
}

TEST(Tls, takes_clients_with_a_certificate_alone_when_told_to) {
  const ThrowawayCertificate client = make_throwaway_certificate({.usage = "clientAuth"});
  const test::TemporaryFile ca(client.ca_certificate_pem);
  const auto receiver = start_tls({.client_ca_file = ca.path()});
  HttpClient known({.ca_pem = receiver->ca_certificate_pem(),
                    .client_pem = client.leaf_pem() + client.leaf_key_pem()});
  EXPECT_EQ(known.post(receiver->urls()[0], "").status, 200);
  HttpClient unknown({.ca_pem = receiver->ca_certificate_pem()});
  EXPECT_NE(unknown.post(receiver->urls()[0], "").outcome, CURLE_OK);
  EXPECT_EQ(receiver->counts().requests, 1u);
}

TEST(Tls, names_the_file_that_is_wrong) {
  const CertificateFiles files;
  const auto start = [](const std::string& certificate_file, const std::string& key_file) {
    return Receiver::start(
        {.listeners = {{.tls = true}}, .certificate_file = certificate_file, .key_file = key_file});
  };
  const auto no_certificate = start("/nowhere/cert", files.key_file);
  ASSERT_FALSE(no_certificate);
  EXPECT_NE(no_certificate.error().message().find("--cert /nowhere/cert"), std::string::npos);
  const auto no_key = start(files.certificate_file, files.certificate_file);
  ASSERT_FALSE(no_key);
  EXPECT_NE(no_key.error().message().find("--key " + files.certificate_file), std::string::npos);
  const auto no_ca =
      Receiver::start({.listeners = {{.tls = true}}, .client_ca_file = files.key_file});
  ASSERT_FALSE(no_ca);
  EXPECT_NE(no_ca.error().message().find("--client-ca " + files.key_file), std::string::npos);
}

}  // namespace
}  // namespace cero::receiver
