// Body: one encoded ExportTraceServiceRequest; BodyExchange: the four of them that go round.
//
//   cero-batch:   try_acquire -> fill -> submit          cero-export:   try_take -> compress ->
//   release
//
// The exchange is the only thing the two background threads share. A mutex will do: it is taken a
// few times per batch of thousands of spans, never by a thread that records spans.
#ifndef CERO_CORE_OTLP_BODY_H_
#define CERO_CORE_OTLP_BODY_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace cero::core {

struct Body {
  std::string bytes;  // capacity is kept from use to use, up to a bound
  uint32_t span_count = 0;
  uint64_t number = 0;  // batches are numbered from 1 in the order they were closed
};

class BodyExchange {
 public:
  static constexpr size_t kBodyCount = 4;

  BodyExchange();

  // Called outside the lock: on_submit by cero-batch, on_release by cero-export. Set both before
  // the threads start.
  void set_wakers(std::function<void()> on_submit, std::function<void(uint32_t spans)> on_release);

  // Before the threads start: the capacity that a body keeps.
  void set_kept_bytes_max(size_t bytes) { kept_bytes_max_ = bytes; }

  // cero-batch. nullptr: all four are on their way.
  Body* try_acquire();
  void submit(Body* body);

  // cero-export. nullptr: nothing submitted. Bodies come in the order of their numbers.
  Body* try_take();
  void release(Body* body);

  // cero-export: what a body should have at most, before compression, from the next one on.
  // UINT32_MAX: no wish. A hint, which orders nothing else.
  void set_body_bytes_max(uint32_t bytes) noexcept {
    body_bytes_max_.store(bytes, std::memory_order_relaxed);
  }
  uint32_t body_bytes_max() const noexcept {
    return body_bytes_max_.load(std::memory_order_relaxed);
  }

  // Spans in bodies that were submitted and not yet released.
  uint64_t span_count() const;

 private:
  struct Queue {
    std::array<Body*, kBodyCount> slots{};
    size_t first = 0;
    size_t count = 0;
    void push(Body* body);
    Body* pop();
  };

  std::atomic<uint32_t> body_bytes_max_{UINT32_MAX};
  size_t kept_bytes_max_ = SIZE_MAX;
  mutable std::mutex mutex_;  // guards all below
  std::array<Body, kBodyCount> bodies_;
  Queue free_;
  Queue submitted_;
  uint64_t span_count_ = 0;
  std::function<void()> on_submit_;
  std::function<void(uint32_t)> on_release_;
};

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_BODY_H_
