// TransportClient: the real transport, polled by hand as the export thread would.
#ifndef CERO_TESTS_HTTP_TRANSPORT_CLIENT_H_
#define CERO_TESTS_HTTP_TRANSPORT_CLIENT_H_

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/curl_transport.h"
#include "receiver/receiver.h"

namespace cero::test {

// Far enough away to be no part of any test that passes.
inline core::TimePoint transport_limit() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(1);
}

struct SeenCompletion {
  uint64_t token;
  int status;
  std::string error;
  std::string retry_after;
  bool retryable;
  int http_major;
  uint32_t repeats;
};

class TransportClient final : public core::CompletionHandler {
 public:
  explicit TransportClient(const Exporter& options) { make(std::span(&options, 1)); }
  TransportClient(const Exporter& first, const Exporter& second) {
    make(std::array{first, second});
  }

  core::Transport& transport() { return *transport_; }
  void start(uint64_t token, std::string_view body) {
    EXPECT_TRUE(transport_->start({.token = token, .body = body}));
  }
  // Polls until so many have completed, or more; returns how many polls that took.
  int poll_until(size_t count) {
    int polls = 0;
    for (; seen.size() < count && std::chrono::steady_clock::now() < limit_; ++polls)
      transport_->poll(limit_, *this);
    EXPECT_GE(seen.size(), count);
    return polls;
  }
  void poll() { transport_->poll(limit_, *this); }
  // Closes every connection.
  void end() { transport_.reset(); }
  // One request and how it ended.
  SeenCompletion send(std::string_view body) {
    start(++last_token_, body);
    poll_until(seen.size() + 1);
    return seen.empty() ? SeenCompletion{} : seen.back();
  }

  std::vector<SeenCompletion> seen;

 private:
  void make(std::span<const Exporter> endpoints) {
    auto made = core::make_transport(endpoints);
    if (!made) throw std::runtime_error(made.error().message());
    transport_ = std::move(made).value();
  }

  void on_completion(const core::Completion& c) override {
    seen.push_back({c.token, c.status, std::string(c.error), std::string(c.retry_after),
                    c.retryable, c.http_major, c.repeats});
  }

  std::unique_ptr<core::Transport> transport_;
  const core::TimePoint limit_ = transport_limit();
  uint64_t last_token_ = uint64_t{1} << 32;  // apart from those the test gives
};

inline std::unique_ptr<receiver::Receiver> start_receiver(receiver::ReceiverOptions options) {
  auto started = receiver::Receiver::start(std::move(options));
  if (!started) throw std::runtime_error(started.error().message());
  return std::move(started).value();
}

inline std::unique_ptr<receiver::Receiver> start_receiver(
    receiver::RequestHandler on_request = nullptr) {
  return start_receiver(receiver::ReceiverOptions{.on_request = std::move(on_request)});
}

}  // namespace cero::test

#endif  // CERO_TESTS_HTTP_TRANSPORT_CLIENT_H_
