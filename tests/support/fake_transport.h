// FakeTransport: a scripted network. Posts pile up in under_way(); the test answers them in any
// order, and poll() hands over the answers given so far. It never waits.
#ifndef CERO_TESTS_SUPPORT_FAKE_TRANSPORT_H_
#define CERO_TESTS_SUPPORT_FAKE_TRANSPORT_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "http/transport.h"

namespace cero::test {

class FakeTransport final : public core::Transport {
 public:
  struct Answer {
    int status = 200;  // 0: no answer came, and `error` says why
    std::string body = {};
    std::string content_type = "application/x-protobuf";
    std::string retry_after = {};
    std::string error = "connection refused";
    bool retryable = true;
    std::string grpc_status = {};
    std::string grpc_message = {};
    std::string grpc_details = {};
    int http_major = 1;
    bool timed_out = false;
    uint64_t bytes_sent = 0;
  };

  // It never needs more, so that a test in which memory is short is about the sender alone.
  FakeTransport() { under_way_.reserve(64); }

  // What was started and neither answered nor aborted, by rising start.
  const std::vector<core::Post>& under_way() const { return under_way_; }
  // The deadline of the last poll: when the sender wants to be called again.
  core::TimePoint poll_deadline() const { return poll_deadline_; }
  // Whether the last poll handed answers over: the sender then comes back at once.
  bool last_poll_answered() const { return last_poll_answered_; }

  void answer(uint64_t token, Answer answer) {
    const auto post = std::find_if(under_way_.begin(), under_way_.end(),
                                   [&](const core::Post& p) { return p.token == token; });
    CERO_ASSERT(post != under_way_.end());
    under_way_.erase(post);
    answers_.push_back({token, std::move(answer)});
  }

  // Called in each poll that may wait, to let time pass.
  std::function<void()> on_wait = [] {};

  // The next start() has no memory.
  void fail_next_start() { fail_next_start_ = true; }

  bool start(const core::Post& post) override {
    if (fail_next_start_) return fail_next_start_ = false;
    for (const core::Post& other : under_way_) CERO_ASSERT(other.token != post.token);
    under_way_.push_back(post);
    ++started_count_;
    return true;
  }

  void poll(core::TimePoint deadline, core::CompletionHandler& handler) override {
    poll_deadline_ = deadline;
    if (deadline != core::TimePoint{}) on_wait();
    last_poll_answered_ = !answers_.empty();
    while (!answers_.empty()) {
      const auto [token, answer] = std::move(answers_.front());
      answers_.pop_front();
      handler.on_completion({.token = token,
                             .status = answer.status,
                             .body = answer.body,
                             .content_type = answer.content_type,
                             .retry_after = answer.retry_after,
                             .grpc = {.status = answer.grpc_status,
                                      .message = answer.grpc_message,
                                      .details = answer.grpc_details},
                             .error = answer.status == 0 ? std::string_view(answer.error) : "",
                             .retryable = answer.retryable,
                             .http_major = answer.status == 0 ? 0 : answer.http_major,
                             .timed_out = answer.timed_out,
                             .bytes_sent = answer.bytes_sent});
    }
  }

  void wakeup() noexcept override {}
  void abort_all() noexcept override {
    under_way_.clear();
    answers_.clear();
  }
  uint64_t connection_count() const noexcept override { return started_count_ == 0 ? 0 : 1; }

 private:
  struct Scripted {
    uint64_t token;
    Answer answer;
  };

  std::vector<core::Post> under_way_;
  std::deque<Scripted> answers_;
  core::TimePoint poll_deadline_{};
  bool last_poll_answered_ = false;
  uint64_t started_count_ = 0;
  bool fail_next_start_ = false;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_FAKE_TRANSPORT_H_
