// Goal: what the transport can do reaches the user: Unix sockets, the small requests an old libcurl
// needs, and nothing secret in anything that is shown.
// Method: the public API against the in-process receiver and the faults it and its peers have.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "http/transport_check.h"
#include "pipeline/lifecycle_harness.h"
#include "receiver/throwaway_certificate.h"
#include "support/collected_log.h"
#include "support/scoped_variable.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Reply;

// ---- Unix sockets

class UnixSocket : public testing::Test {
 protected:
  const std::string path_ =
      testing::TempDir() + "cero_pipeline_" + std::to_string(getpid()) + ".sock";

  std::unique_ptr<receiver::Receiver> serve() {
    auto started = receiver::Receiver::start({.listeners = {{.socket_path = path_}}});
    if (!started) throw std::runtime_error(started.error().message());
    return std::move(started).value();
  }
  static void deliver(TracerProvider& provider) {
    end_spans(provider.get_tracer("t"), 10);
    const auto flushed = provider.force_flush(1h);
    EXPECT_TRUE(flushed) << flushed.error().message();
    EXPECT_EQ(provider.stats().exported, 10u);
    expect_balance(provider.stats());
  }
};

TEST_F(UnixSocket, takes_spans) {
  const auto backend = serve();
  for (const std::string& endpoint :
       {"unix://" + path_, "unix:" + path_, "unix:" + path_ + ":/v1/traces"}) {
    TracerProvider provider = make_provider({.exporter = {.endpoint = endpoint}});
    deliver(provider);
  }
  EXPECT_EQ(backend->counts().unique_spans, 30u);
}

TEST_F(UnixSocket, takes_spans_over_grpc) {
  if (core::is_old_libcurl()) GTEST_SKIP() << "gRPC without TLS needs libcurl 8";
  const auto backend = serve();
  TracerProvider provider =
      make_provider({.exporter = {.endpoint = "unix://" + path_, .protocol = Protocol::grpc}});
  deliver(provider);
  EXPECT_EQ(provider.stats().http2_responses, 1u);
  EXPECT_EQ(backend->counts().unique_spans, 10u);
}

TEST_F(UnixSocket, may_come_from_the_environment) {
  const auto backend = serve();
  const ScopedVariable variable("OTEL_EXPORTER_OTLP_ENDPOINT", ("unix://" + path_).c_str());
  auto provider = TracerProvider::from_environment();
  ASSERT_TRUE(provider) << provider.error().message();
  deliver(*provider);
}

TEST_F(UnixSocket, may_come_later_than_the_spans) {
  Options options{.exporter = {.endpoint = "unix://" + path_, .retry_delay_initial = 5ms}};
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 10);
  EXPECT_FALSE(provider.force_flush(1ms));
  const auto backend = serve();
  EXPECT_TRUE(provider.force_flush(1h));
  EXPECT_EQ(backend->counts().unique_spans, 10u);
}

// ---- Windows

TEST(Http2Window, bounds_each_request_of_an_old_libcurl) {
  for (const Compression compression : {Compression::none, Compression::gzip}) {
    DirectBackend backend(Route::http2_tls_gzip);
    Options options = options_for(backend);
    options.exporter.compression = compression;
    options.batch.delay_max = 1h;
    TracerProvider provider = make_provider(std::move(options));
    end_spans(provider.get_tracer("t"), 20'000);
    EXPECT_TRUE(provider.force_flush(1h));
    const Stats stats = provider.stats();
    EXPECT_EQ(stats.exported, 20'000u);
    const double bytes_a_request =
        static_cast<double>(stats.bytes_wire) / static_cast<double>(stats.requests);
    if (!core::is_old_libcurl()) {
      EXPECT_LE(stats.requests, 5u) << "as many as batches of 4,096 spans";
      continue;
    }
    EXPECT_LT(bytes_a_request, 65'535);
    for (const receiver::ReceivedRequest& one : backend.receiver().take_requests()) {
      const std::string_view length = receiver::header_value(one.request.headers, "content-length");
      EXPECT_LT(std::stoul(std::string(length)), 65'535u);
    }
  }
}

TEST(Http2Window, is_no_bound_for_http1) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.batch.delay_max = 1h;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 8'192);
  EXPECT_TRUE(provider.force_flush(1h));
  EXPECT_EQ(provider.stats().requests, 2u);
}

// ---- Secrets

constexpr const char* kSecret = "hunter2-is-the-key";

template <typename T>
void add_error(CollectedLog& shown, const Result<T>& result) {
  if (!result) shown.add(result.error().message());
}

// Sends a few spans, with the secret in every place that may hold one.
void send(CollectedLog& shown, Exporter exporter) {
  exporter.headers = {{"Authorization", std::string("Bearer ") + kSecret}, {"api-key", kSecret}};
  exporter.retry_delay_initial = 1ms;
  exporter.retry_delay_max = 1ms;
  auto provider =
      TracerProvider::create({.exporter = std::move(exporter), .log_handler = shown.handler()});
  add_error(shown, provider);
  if (!provider) return;
  end_spans(provider->get_tracer("t"), 3);
  add_error(shown, provider->force_flush(50ms));
  add_error(shown, provider->shutdown(50ms));
  expect_balance(provider->stats());
}

// What a careless backend says repeats what it was sent.
std::vector<Reply> careless_replies() {
  const std::string text = std::string("api-key ") + kSecret + " is not known";
  return {{.status = 400, .error = text},
          {.status = 401, .headers = {{"content-type", "text/plain"}}, .body = text},
          {.status = 307, .headers = {{"location", std::string("http://host/?key=") + kSecret}}},
          {.status = 503, .error = text},
          {.partial_success = receiver::PartialSuccess{.rejected_spans = 1, .message = text}},
          {.partial_success = receiver::PartialSuccess{.message = text}},
          {.body = text},
          {.grpc = receiver::GrpcStatus{.code = 16, .message = text}},
          {.grpc = receiver::GrpcStatus{.code = 14, .message = text}},
          {.fault = Fault::reset},
          {.fault = Fault::close},
          {.fault = Fault::goaway_refused},
          {.fault = Fault::stall}};
}

TEST(Secrets, appear_in_nothing_that_is_shown) {
  const LateThreadsJoined joined;
  CollectedLog shown;
  for (const Route route : {Route::http1_plain, Route::http2_tls_gzip, Route::grpc_tls_gzip}) {
    for (const Reply& reply : careless_replies()) {
      DirectBackend backend(route, [&](const auto&) { return reply; });
      send(shown, backend.exporter());
    }
  }
  EXPECT_NE(shown.text().find("is not known"), std::string::npos) << "what is looked through";
  EXPECT_EQ(shown.text().find(kSecret), std::string::npos) << shown.text();
}

TEST(Secrets, appear_in_no_error_of_options_and_connections) {
  CollectedLog shown;
  const std::string secret = kSecret;
  send(shown, {.endpoint = "http://user:" + secret + "@host/"});
  send(shown, {.endpoint = "http://host:0/?key=" + secret});
  send(shown, {.endpoint = "http://127.0.0.1:1/?key=" + secret});
  send(shown, {.endpoint = "https://host.invalid/?key=" + secret});
  send(shown, refusing_exporter());
  const TemporaryFile key("-----BEGIN PRIVATE KEY-----\n" + secret);
  DirectBackend backend(Route::http2_tls_gzip);
  Exporter with_bad_key = backend.exporter();
  with_bad_key.client_certificate_file = key.path();
  send(shown, with_bad_key);
  Exporter with_bad_ca = backend.exporter();
  with_bad_ca.ca_certificate_file = key.path();
  send(shown, with_bad_ca);
  {
    const ScopedVariable none("no_proxy", nullptr);
    const ScopedVariable proxy("https_proxy", ("http://user:" + secret + "@127.0.0.1:1").c_str());
    send(shown, {.endpoint = "https://host.invalid/"});
    const ScopedVariable wrong("https_proxy", ("nonsense://user:" + secret + "@host:x").c_str());
    send(shown, {.endpoint = "https://host.invalid/"});
  }
  const ScopedVariable headers("OTEL_EXPORTER_OTLP_HEADERS", ("no list; " + secret).c_str());
  const ScopedVariable compression("OTEL_EXPORTER_OTLP_COMPRESSION", "lz4");
  add_error(shown, TracerProvider::from_environment({.log_handler = shown.handler()}));
  const std::string text = shown.text();
  for (const char* said : {"exporter.endpoint", "onnect", "must be PEM files", "must be a PEM",
                           "through the proxy 127.0.0.1:1", "the variable https_proxy",
                           "OTEL_EXPORTER_OTLP_HEADERS", "lz4"})
    EXPECT_NE(text.find(said), std::string::npos) << said << " is not in " << text;
  EXPECT_EQ(text.find(secret), std::string::npos) << text;
}

}  // namespace
}  // namespace cero::test
