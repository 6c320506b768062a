// Backend: where the spans of a test go: the project's receiver in this process, and how it is
// reached.
#ifndef CERO_TESTS_PIPELINE_BACKEND_H_
#define CERO_TESTS_PIPELINE_BACKEND_H_

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "cero/cero.h"
#include "receiver/receiver.h"
#include "support/temporary_file.h"

namespace cero::test {

enum class Route { http1_plain, http2_tls_gzip, grpc_tls_gzip };

inline std::string to_text(Route route) {
  switch (route) {
    case Route::http1_plain:
      return "http1_plain";
    case Route::http2_tls_gzip:
      return "http2_tls_gzip";
    case Route::grpc_tls_gzip:
      return "grpc_tls_gzip";
  }
  return "";
}

class Backend {
 public:
  virtual ~Backend() = default;

  virtual Exporter exporter() const = 0;
  virtual receiver::Receiver& receiver() = 0;
};

// Reached without anybody in between.
class DirectBackend final : public Backend {
 public:
  explicit DirectBackend(Route route, receiver::RequestHandler on_request = {})
      : DirectBackend(route, receiver::ReceiverOptions{.on_request = std::move(on_request),
                                                       .keep_requests = true}) {}
  // Listens where the route leads to, whatever the options say.
  DirectBackend(Route route, receiver::ReceiverOptions options)
      : route_(route), receiver_(start(route, std::move(options))) {
    if (route != Route::http1_plain)
      ca_ = std::make_unique<TemporaryFile>(receiver_->ca_certificate_pem());
  }

  // Retries come soon, so that tests end soon.
  Exporter exporter() const override {
    Exporter exporter;
    exporter.endpoint = receiver_->urls()[0];
    exporter.retry_delay_initial = std::chrono::milliseconds(5);
    exporter.retry_delay_max = std::chrono::milliseconds(20);
    if (route_ == Route::grpc_tls_gzip) {
      exporter.protocol = Protocol::grpc;
      exporter.endpoint.resize(exporter.endpoint.rfind(receiver::kTracesPath));
    }
    if (route_ != Route::http1_plain) {
      exporter.compression = Compression::gzip;
      exporter.http_version = HttpVersion::http2;
      exporter.ca_certificate_file = ca_->path();
    }
    return exporter;
  }

  receiver::Receiver& receiver() override { return *receiver_; }

 private:
  static std::unique_ptr<receiver::Receiver> start(Route route, receiver::ReceiverOptions options) {
    options.listeners = {{.tls = route != Route::http1_plain}};
    auto started = receiver::Receiver::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().message());
    return std::move(started).value();
  }

  const Route route_;
  const std::unique_ptr<receiver::Receiver> receiver_;
  std::unique_ptr<TemporaryFile> ca_;
};

inline TracerProvider make_provider(Options options) {
  auto created = TracerProvider::create(std::move(options));
  if (!created) throw std::runtime_error(created.error().message());
  return std::move(created).value();
}

// Holds at every quiescent point: each span is in one place.
inline void expect_balance(const Stats& stats) {
  EXPECT_EQ(stats.recorded,
            stats.exported + stats.rejected + stats.dropped.total() + stats.in_flight);
}

}  // namespace cero::test

#endif  // CERO_TESTS_PIPELINE_BACKEND_H_
