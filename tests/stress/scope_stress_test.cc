// Goal: scopes and spans that go from thread to thread, as coroutines take them, are current on the
// thread that made them while they live, and nowhere afterwards; no thread ever sees another's.
// Method: threads that come and go, each with a trace of its own, put frames with a current span
// into shared places and destroy what they find there. For ThreadSanitizer, and for
// AddressSanitizer, which sees what is read of a frame that was freed.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "cero/cero.h"
#include "support/seed.h"
#include "trace/provider_to_nobody.h"

namespace cero::test {
namespace {

constexpr uint64_t kMoves = 100'000;
constexpr size_t kThreads = 4;
constexpr uint64_t kMovesAThread = 500;
constexpr size_t kPlaces = 16;

struct Frame {
  explicit Frame(Span started) : span(std::move(started)) {}
  ScopedSpan span;
  std::array<char, 256> locals{};
};

class MovingFrames {
 public:
  ~MovingFrames() {
    for (auto& place : places_) delete place.load();
  }
  void put(size_t place, std::unique_ptr<Frame> frame) {
    const std::unique_ptr<Frame> found(
        places_[place % kPlaces].exchange(frame.release(), std::memory_order_acq_rel));
  }

 private:
  std::array<std::atomic<Frame*>, kPlaces> places_{};
};

SpanContext trace_of(uint64_t number) {
  std::array<uint8_t, 16> id = {1};
  std::memcpy(id.data() + 8, &number, sizeof(number));
  return {TraceId(id), SpanId({1}), TraceFlags::kSampled, false,
          number % 2 == 0 ? TraceState::from_header("k=v") : TraceState()};
}

// Of one thread.
void move_frames(MovingFrames& frames, Tracer tracer, uint64_t number, uint64_t seed) {
  std::mt19937_64 random(seed);
  const SpanContext trace = trace_of(number);
  const auto is_own = [&](const SpanContext& context) {
    return !context.valid() || context.trace_id() == trace.trace_id();
  };
  EXPECT_FALSE(current_context().valid()) << "on a thread that begins";
  for (uint64_t i = 0; i < kMovesAThread; ++i) {
    auto frame = std::make_unique<Frame>(tracer.start_span("moving", {.parent = trace}));
    EXPECT_EQ(current_context(), frame->span.context());
    frames.put(random(), std::move(frame));
    EXPECT_TRUE(is_own(current_context()));
    const Scope own(trace);
    EXPECT_EQ(current_context(), trace);
    EXPECT_EQ(tracer.start_span("staying").context().trace_id(), trace.trace_id());
  }
  EXPECT_TRUE(is_own(current_context()));
}

TEST(ScopeStress, a_scope_that_moves_is_current_on_its_own_thread_or_nowhere) {
  std::mt19937_64 random(test_seed());
  TracerProvider provider = make_provider_to_nobody();
  const Tracer tracer = provider.get_tracer("stress");
  MovingFrames frames;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i, seed = random()] {
      std::mt19937_64 own_random(seed);
      for (uint64_t number = i; number < kMoves / kMovesAThread; number += kThreads) {
        const uint64_t thread_seed = own_random();
        std::thread([&] { move_frames(frames, tracer, number, thread_seed); }).join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace cero::test
