// Goal: what the variables say about proxies is done, and a proxy's password stays with it.
// Method: the transport through a proxy in this process to the in-process receiver.
#include <gtest/gtest.h>

#include <string>

#include "http/connect_proxy.h"
#include "http/transport_client.h"
#include "receiver/throwaway_certificate.h"
#include "support/scoped_variable.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::literals;
using test::ConnectProxy;
using test::ScopedVariable;
using test::start_receiver;
using test::TransportClient;

// Under a name that the proxy takes for itself: it knows no other machine.
struct TlsBackend {
  const receiver::ThrowawayCertificate identity =
      receiver::make_throwaway_certificate({.names = "DNS:backend.example,IP:127.0.0.1"});
  const test::TemporaryFile ca{identity.ca_certificate_pem};
  const test::TemporaryFile certificate{identity.leaf_pem()};
  const test::TemporaryFile key{identity.leaf_key_pem()};
  const std::unique_ptr<receiver::Receiver> receiver = start_receiver({
      .listeners = {{.tls = true}},
      .certificate_file = certificate.path(),
      .key_file = key.path(),
  });

  Exporter exporter() const {
    std::string url = receiver->urls()[0];
    url.replace(url.find("127.0.0.1"), 9, "backend.example");
    return {.endpoint = url, .ca_certificate_file = ca.path()};
  }
  Exporter exporter_by_address() const {
    return {.endpoint = receiver->urls()[0], .ca_certificate_file = ca.path()};
  }
};

TEST(ProxyTransport, tunnels_https_with_http2_inside) {
  const TlsBackend backend;
  const ConnectProxy proxy;
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("https_proxy",
                                ("http://user:hunter2@" + proxy.authority()).c_str());
  TransportClient client(backend.exporter());
  const std::string body = test::TraceBodies(1).next(3);
  for (int i = 0; i < 3; ++i) {
    const test::SeenCompletion seen = client.send(body);
    EXPECT_EQ(seen.status, 200) << seen.error;
    EXPECT_EQ(seen.http_major, 2);
  }
  EXPECT_EQ(backend.receiver->counts().spans, 9u);
  const auto heads = proxy.heads();
  ASSERT_EQ(heads.size(), 1u) << "one tunnel";
  EXPECT_TRUE(heads[0].starts_with("CONNECT backend.example:")) << heads[0];
  EXPECT_NE(heads[0].find("Proxy-Authorization: Basic dXNlcjpodW50ZXIy"), std::string::npos);
}

TEST(ProxyTransport, goes_past_the_proxy_to_this_machine) {
  const TlsBackend backend;
  const ConnectProxy proxy;
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("https_proxy", ("http://" + proxy.authority()).c_str());
  TransportClient client(backend.exporter_by_address());
  EXPECT_EQ(client.send(test::TraceBodies(1).next(1)).status, 200);
  EXPECT_TRUE(proxy.heads().empty());
}

// The name leads nowhere but through the proxy.
TEST(ProxyTransport, goes_past_the_proxy_to_hosts_that_need_none) {
  const TlsBackend backend;
  const ConnectProxy proxy;
  const std::string url = backend.exporter().endpoint;
  const std::string authority = url.substr(8, url.find('/', 8) - 8);
  const ScopedVariable variable("https_proxy", ("http://" + proxy.authority()).c_str());
  for (const std::string& entry : {"backend.example"s, authority}) {
    const ScopedVariable none("no_proxy", ("example.org," + entry).c_str());
    TransportClient client(backend.exporter());
    const test::SeenCompletion seen = client.send(test::TraceBodies(1).next(1));
    EXPECT_EQ(seen.status, 0) << entry;
    EXPECT_EQ(seen.error.find("proxy"), std::string::npos) << seen.error;
  }
  EXPECT_TRUE(proxy.heads().empty());
}

TEST(ProxyTransport, reads_the_variables_when_it_is_made) {
  const TlsBackend backend;
  const ConnectProxy proxy;
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("https_proxy", ("http://" + proxy.authority()).c_str());
  TransportClient client(backend.exporter());
  const ScopedVariable absent("https_proxy", nullptr);
  EXPECT_EQ(client.send(test::TraceBodies(1).next(1)).status, 200);
  EXPECT_EQ(proxy.heads().size(), 1u);
}

TEST(ProxyTransport, asks_the_proxy_for_the_whole_url_of_http) {
  const ConnectProxy proxy;
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("http_proxy", ("http://" + proxy.authority()).c_str());
  TransportClient client({.endpoint = "http://collector.example:4318/v1/traces"});
  EXPECT_EQ(client.send("body").status, 200);
  EXPECT_TRUE(proxy.heads().at(0).starts_with("POST http://collector.example:4318/v1/traces "));
}

TEST(ProxyTransport, tells_of_a_refusal_without_the_password) {
  const TlsBackend backend;
  const ConnectProxy proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("https_proxy",
                                ("http://user:hunter2@" + proxy.authority()).c_str());
  TransportClient client(backend.exporter());
  const test::SeenCompletion seen = client.send("body");
  EXPECT_EQ(seen.status, 0);
  EXPECT_TRUE(seen.retryable);
  EXPECT_NE(seen.error.find("407"), std::string::npos) << seen.error;
  EXPECT_NE(seen.error.find("through the proxy " + proxy.authority()), std::string::npos)
      << seen.error;
  EXPECT_EQ(seen.error.find("hunter2"), std::string::npos) << seen.error;
  EXPECT_EQ(backend.receiver->counts().connections, 0u);
}

TEST(ProxyTransport, sends_a_unix_socket_through_none) {
  const std::string path = testing::TempDir() + "cero_proxy_" + std::to_string(getpid()) + ".sock";
  const auto backend = start_receiver({.listeners = {{.socket_path = path}}});
  const ConnectProxy proxy;
  const ScopedVariable none("no_proxy", nullptr);
  const ScopedVariable variable("http_proxy", ("http://" + proxy.authority()).c_str());
  TransportClient client({.endpoint = "unix:" + path + ":/v1/traces"});
  EXPECT_EQ(client.send(test::TraceBodies(1).next(1)).status, 200);
  EXPECT_TRUE(proxy.heads().empty());
}

}  // namespace
}  // namespace cero::core
