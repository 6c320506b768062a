// Delivery: an ExportThread on libcurl between bodies the test submits and a receiver on loopback.
#ifndef CERO_TESTS_EXPORT_DELIVERY_HARNESS_H_
#define CERO_TESTS_EXPORT_DELIVERY_HARNESS_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "export/export_thread.h"
#include "http/curl_transport.h"
#include "receiver/receiver.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::test {

// Far enough away to be no part of any test that passes.
inline core::TimePoint in_a_minute() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(1);
}

inline std::unique_ptr<receiver::Receiver> start_receiver(receiver::ReceiverOptions options) {
  options.keep_requests = true;
  auto started = receiver::Receiver::start(std::move(options));
  if (!started) throw std::runtime_error(started.error().message());
  return std::move(started).value();
}

// Replies with the script's entries in their order, then with plain success.
inline receiver::RequestHandler script(std::vector<receiver::Reply> replies) {
  return [replies = std::move(replies)](const receiver::RequestInfo& request) {
    return request.index <= replies.size() ? replies[request.index - 1] : receiver::Reply{};
  };
}

// Retries come soon, so that tests end soon.
inline Exporter options_for(const std::string& url) {
  return {.endpoint = url,
          .retry_delay_initial = std::chrono::milliseconds(5),
          .retry_delay_max = std::chrono::milliseconds(20)};
}

struct TlsBackend {
  explicit TlsBackend(receiver::ReceiverOptions options = {}, bool http2 = true)
      : receiver(start_receiver(with_tls(std::move(options), http2))),
        ca(receiver->ca_certificate_pem()) {}

  static receiver::ReceiverOptions with_tls(receiver::ReceiverOptions options, bool http2) {
    options.listeners = {{.tls = true}};
    options.http2 = http2;
    return options;
  }
  Exporter exporter() const {
    Exporter options = options_for(receiver->urls()[0]);
    options.ca_certificate_file = ca.path();
    return options;
  }

  std::unique_ptr<receiver::Receiver> receiver;
  TemporaryFile ca;
};

class Delivery {
 public:
  explicit Delivery(const Exporter& options)
      : thread_(options, exchange_, transport(options), clock_, log_,
                [this] { return thread_.totals(); }) {
    exchange_.set_wakers([this] { thread_.wake(); }, [this](auto...) { on_release(); });
    const auto started = thread_.start();
    EXPECT_TRUE(started);
  }

  // Waits for a free body.
  void submit(uint32_t span_count) {
    submit(span_count, bodies_.next(static_cast<int>(span_count)));
  }
  void submit(uint32_t span_count, std::string bytes) {
    core::Body* body = acquire();
    body->bytes = std::move(bytes);
    body->span_count = span_count;
    body->number = ++submitted_count_;
    spans_submitted_ += span_count;
    exchange_.submit(body);
  }

  core::FlushOutcome flush() { return thread_.flush(watch_, submitted_count_, in_a_minute()); }
  bool stop(core::TimePoint deadline = in_a_minute()) { return thread_.stop(deadline); }

  // Gives up soon what cannot be delivered. On a busy machine the thread may be late: then waits
  // for it.
  void stop_soon() {
    const bool in_time = stop(std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
    EXPECT_TRUE(in_time || stop());
  }

  // The ledger; at a quiescent point, after a flush or stop.
  Stats totals() {
    const Stats totals = thread_.totals();
    EXPECT_EQ(spans_submitted_, totals.exported + totals.rejected + totals.dropped.total() +
                                    totals.in_flight + exchange_.span_count());
    return totals;
  }

  core::ExportThread& thread() { return thread_; }
  core::BodyExchange& exchange() { return exchange_; }

  // Waits until a line that holds the text was logged.
  void wait_for_line(std::string_view text) {
    std::unique_lock lock(mutex_);
    const auto logged = [&] { return count_lines(text) > 0; };
    EXPECT_TRUE(changed_.wait_until(lock, in_a_minute(), logged)) << text;
  }
  std::string log_text() {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  static std::unique_ptr<core::Transport> transport(const Exporter& options) {
    auto made = core::make_transport(options);
    if (!made) throw std::runtime_error(made.error().message());
    return std::move(made).value();
  }

  core::Body* acquire() {
    std::unique_lock lock(mutex_);
    core::Body* body = nullptr;
    EXPECT_TRUE(changed_.wait_until(lock, in_a_minute(),
                                    [&] { return (body = exchange_.try_acquire()) != nullptr; }));
    return body;
  }
  void on_release() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  void on_line(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
    changed_.notify_all();
  }
  size_t count_lines(std::string_view text) const {
    size_t count = 0;
    for (const std::string& line : lines_) count += line.find(text) != std::string::npos ? 1 : 0;
    return count;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  core::SystemClock clock_;
  core::Log log_{[this](Severity, std::string_view line) { on_line(line); }, clock_};
  core::BodyExchange exchange_;
  TraceBodies bodies_{1};
  uint64_t submitted_count_ = 0;
  uint64_t spans_submitted_ = 0;
  core::ExportThread thread_;
  core::SettledTracker::Watch watch_{thread_.settled()};
};

}  // namespace cero::test

#endif  // CERO_TESTS_EXPORT_DELIVERY_HARNESS_H_
