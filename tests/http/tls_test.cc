// Goal: TLS is checked on both sides, says what is wrong, and follows its files.
// Method: the transport against the in-process receiver, which is OpenSSL, with throwaway
// certificates that are wrong in one way each.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/stalled_server.h"
#include "http/transport_client.h"
#include "receiver/throwaway_certificate.h"
#include "support/scoped_variable.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using receiver::CertificateTerms;
using receiver::make_throwaway_certificate;
using receiver::ThrowawayCertificate;
using test::SeenCompletion;
using test::start_receiver;
using test::TemporaryFile;
using test::TransportClient;

// A certificate of its own CA, in files.
struct Identity {
  explicit Identity(const CertificateTerms& terms = {})
      : made(make_throwaway_certificate(terms)),
        ca(made.ca_certificate_pem),
        certificate(made.leaf_pem()),
        key(made.leaf_key_pem()) {}

  const ThrowawayCertificate made;
  const TemporaryFile ca;
  const TemporaryFile certificate;
  const TemporaryFile key;
};

constexpr CertificateTerms kOfAClient{.usage = "clientAuth"};

std::unique_ptr<receiver::Receiver> serve_as(const Identity& identity,
                                             const std::string& client_ca = "") {
  return start_receiver({.listeners = {{.tls = true}},
                         .certificate_file = identity.certificate.path(),
                         .key_file = identity.key.path(),
                         .client_ca_file = client_ca});
}

std::string body() { return test::TraceBodies(1).next(1); }

void expect_failure(const SeenCompletion& seen, std::string_view reason, std::string_view advice) {
  EXPECT_EQ(seen.status, 0);
  EXPECT_TRUE(seen.retryable) << "spans wait until it is mended";
  EXPECT_NE(seen.error.find(reason), std::string::npos) << seen.error;
  EXPECT_NE(seen.error.find(advice), std::string::npos) << seen.error;
}

// ---- Whom to trust

// libcurl leaves it to curl's tool to look at the variable.
TEST(TlsTransport, trusts_the_file_that_the_variable_named_when_it_was_made) {
  const auto backend = start_receiver({.listeners = {{.tls = true}}});
  const TemporaryFile ca(backend->ca_certificate_pem());
  std::optional<test::ScopedVariable> variable(std::in_place, "SSL_CERT_FILE", ca.path().c_str());
  TransportClient client({.endpoint = backend->urls()[0]});
  variable.reset();
  EXPECT_EQ(client.send(body()).status, 200);
}

TEST(TlsTransport, prefers_the_option_to_the_variable) {
  const auto backend = start_receiver({.listeners = {{.tls = true}}});
  const TemporaryFile ca(backend->ca_certificate_pem());
  const test::ScopedVariable variable("SSL_CERT_FILE", "/nowhere/at/all.pem");
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = ca.path()});
  EXPECT_EQ(client.send(body()).status, 200);
}

TEST(TlsTransport, names_the_variable_whose_file_is_missing) {
  const auto backend = start_receiver({.listeners = {{.tls = true}}});
  const test::ScopedVariable variable("SSL_CERT_FILE", "/nowhere/at/all.pem");
  TransportClient client({.endpoint = backend->urls()[0]});
  expect_failure(client.send(body()), "/nowhere/at/all.pem", "the variable SSL_CERT_FILE");
}

// ---- The server's certificate

TEST(TlsTransport, refuses_a_certificate_for_another_host) {
  const Identity server({.names = "DNS:other.example"});
  const auto backend = serve_as(server);
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = server.ca.path()});
  expect_failure(client.send(body()), "127.0.0.1", "use one of them in exporter.endpoint");
  EXPECT_EQ(backend->counts().requests, 0u);
}

TEST(TlsTransport, refuses_a_certificate_out_of_its_time) {
  for (const CertificateTerms& terms : {CertificateTerms{.valid_from = -7200, .valid_to = -3600},
                                        CertificateTerms{.valid_from = 3600, .valid_to = 7200}}) {
    const Identity server(terms);
    const auto backend = serve_as(server);
    TransportClient client(
        {.endpoint = backend->urls()[0], .ca_certificate_file = server.ca.path()});
    expect_failure(client.send(body()), terms.valid_from < 0 ? "has expired" : "not yet valid",
                   "renew the server's certificate");
  }
}

TEST(TlsTransport, refuses_a_certificate_of_an_unknown_ca) {
  const Identity server;
  const Identity other;
  const auto backend = serve_as(server);
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = other.ca.path()});
  expect_failure(client.send(body()), "certificate", "PEM file in exporter.ca_certificate_file");
  TransportClient trusting_the_system({.endpoint = backend->urls()[0]});
  expect_failure(trusting_the_system.send(body()), "certificate",
                 "PEM file in exporter.ca_certificate_file");
}

TEST(TlsTransport, refuses_tls_of_another_time) {
  test::StalledServer server(TLS1_1_VERSION);
  const TemporaryFile ca(server.ca_certificate_pem());
  TransportClient client({.endpoint = server.url(), .ca_certificate_file = ca.path()});
  expect_failure(client.send("body"), "SSL", "TLS 1.2");
}

TEST(TlsTransport, says_when_there_is_no_tls) {
  const auto backend = start_receiver();
  std::string url = backend->urls()[0];
  url.insert(4, "s");
  TransportClient client({.endpoint = url});
  expect_failure(client.send("body"), "wrong version number", "use http://");
}

// ---- The client's certificate

TEST(TlsTransport, shows_its_certificate_to_a_server_that_asks) {
  const Identity server;
  const Identity me(kOfAClient);
  const auto backend = serve_as(server, me.ca.path());
  TransportClient client({.endpoint = backend->urls()[0],
                          .ca_certificate_file = server.ca.path(),
                          .client_certificate_file = me.certificate.path(),
                          .client_key_file = me.key.path()});
  EXPECT_EQ(client.send(body()).status, 200);
  const TemporaryFile both(me.made.leaf_pem() + me.made.leaf_key_pem());
  TransportClient with_one_file({.endpoint = backend->urls()[0],
                                 .ca_certificate_file = server.ca.path(),
                                 .client_certificate_file = both.path()});
  EXPECT_EQ(with_one_file.send(body()).status, 200);
}

// The server's refusal comes after the handshake, and an end of the connection behind it: which of
// the two libcurl meets first is chance. So until it has met the first.
void expect_refusal(const Exporter& options, std::string_view advice) {
  TransportClient client(options);
  const TimePoint limit = test::transport_limit();
  SeenCompletion seen{};
  while (seen.error.find(advice) == std::string::npos && std::chrono::steady_clock::now() < limit) {
    seen = client.send(body());
    ASSERT_EQ(seen.status, 0);
    ASSERT_TRUE(seen.retryable) << seen.error;
  }
  EXPECT_NE(seen.error.find(advice), std::string::npos) << seen.error;
}

TEST(TlsTransport, says_that_a_client_certificate_is_missing) {
  const Identity server;
  const Identity me(kOfAClient);
  const auto backend = serve_as(server, me.ca.path());
  expect_refusal({.endpoint = backend->urls()[0], .ca_certificate_file = server.ca.path()},
                 "name one in exporter.client_certificate_file");
  EXPECT_EQ(backend->counts().requests, 0u);
}

TEST(TlsTransport, says_that_its_certificate_is_refused) {
  const Identity server;
  const Identity trusted(kOfAClient);
  const Identity stranger(kOfAClient);
  const Identity expired({.usage = "clientAuth", .valid_from = -7200, .valid_to = -3600});
  for (const auto& [ca, me] : {std::pair{&trusted, &stranger}, std::pair{&expired, &expired}}) {
    const auto backend = serve_as(server, ca->ca.path());
    expect_refusal({.endpoint = backend->urls()[0],
                    .ca_certificate_file = server.ca.path(),
                    .client_certificate_file = me->certificate.path(),
                    .client_key_file = me->key.path()},
                   "refuses the client certificate");
  }
}

TEST(TlsTransport, names_the_file_that_is_no_certificate) {
  const Identity server;
  const Identity me(kOfAClient);
  const Identity other(kOfAClient);
  const TemporaryFile garbage("garbage");
  const auto backend = serve_as(server, me.ca.path());
  const std::string url = backend->urls()[0];
  TransportClient bad_ca({.endpoint = url, .ca_certificate_file = garbage.path()});
  expect_failure(bad_ca.send(body()), garbage.path(), "exporter.ca_certificate_file must be a PEM");
  const auto with_client = [&](const TemporaryFile& certificate, const TemporaryFile& key) {
    return Exporter{.endpoint = url,
                    .ca_certificate_file = server.ca.path(),
                    .client_certificate_file = certificate.path(),
                    .client_key_file = key.path()};
  };
  for (const Exporter& options :
       {with_client(garbage, me.key), with_client(me.certificate, garbage),
        with_client(me.certificate, other.key)}) {
    TransportClient client(options);
    expect_failure(client.send(body()), "",
                   "exporter.client_certificate_file and exporter.client_key_file must be");
  }
}

// ---- Files that change

TEST(TlsTransport, trusts_what_the_file_says_now) {
  const Identity server;
  const Identity other;
  const auto backend = serve_as(server);
  const TemporaryFile trusted(other.made.ca_certificate_pem);
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = trusted.path()});
  EXPECT_EQ(client.send(body()).status, 0);
  trusted.rewrite(server.made.ca_certificate_pem);
  EXPECT_EQ(client.send(body()).status, 200);
}

TEST(TlsTransport, no_longer_trusts_what_the_file_said_before) {
  const Identity server;
  const Identity other;
  const auto backend = start_receiver({.listeners = {{.tls = true}},
                                       .certificate_file = server.certificate.path(),
                                       .key_file = server.key.path(),
                                       .on_request = [](const auto&) -> receiver::Reply {
                                         return {.fault = receiver::Fault::goaway};
                                       }});
  const TemporaryFile trusted(server.made.ca_certificate_pem);
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = trusted.path()});
  EXPECT_EQ(client.send(body()).status, 200);
  trusted.rewrite(other.made.ca_certificate_pem);
  expect_failure(client.send(body()), "certificate", "PEM file in exporter.ca_certificate_file");
}

TEST(TlsTransport, shows_the_certificate_that_the_file_holds_now) {
  const Identity server;
  const Identity me(kOfAClient);
  const Identity stranger(kOfAClient);
  const auto backend = serve_as(server, me.ca.path());
  const TemporaryFile certificate(stranger.made.leaf_pem());
  const TemporaryFile key(stranger.made.leaf_key_pem());
  TransportClient client({.endpoint = backend->urls()[0],
                          .ca_certificate_file = server.ca.path(),
                          .client_certificate_file = certificate.path(),
                          .client_key_file = key.path()});
  EXPECT_EQ(client.send(body()).status, 0);
  certificate.rewrite(me.made.leaf_pem());
  expect_failure(client.send(body()), "", "must be PEM files that belong together");
  key.rewrite(me.made.leaf_key_pem());
  EXPECT_EQ(client.send(body()).status, 200);
}

TEST(TlsTransport, goes_on_with_its_connection_while_the_files_are_unusable) {
  const Identity server;
  const auto backend = serve_as(server);
  const TemporaryFile trusted(server.made.ca_certificate_pem);
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = trusted.path()});
  EXPECT_EQ(client.send(body()).status, 200);
  trusted.rewrite("garbage");
  EXPECT_EQ(client.send(body()).status, 200);
  EXPECT_EQ(backend->counts().connections, 1u);
}

}  // namespace
}  // namespace cero::core
