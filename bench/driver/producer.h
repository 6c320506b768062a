// One thread that makes spans: at a rate, by sleeping or by spinning, or flat out; timed or not.
//
// `spans` is what makes one: spans.make() starts, fills, ends and destroys it.
#ifndef CERO_BENCH_DRIVER_PRODUCER_H_
#define CERO_BENCH_DRIVER_PRODUCER_H_

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "driver/timer.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/pacer.h"

namespace cero::bench {

struct ProducerPlan {
  std::optional<double> spans_per_second;  // unset: flat out
  bool spins = false;
  bool times_spans = false;
};

// One line each, so that counting disturbs no neighbour.
struct alignas(64) ProducerResult {
  std::atomic<uint64_t> made{0};      // written by the producer, read by any
  loadgen::LatencyHistogram span_ns;  // read when the producer has ended
};

template <typename Spans>
class Producer {
 public:
  Producer(Spans& spans, const ProducerPlan& plan, const Timer& timer, ProducerResult& result)
      : spans_(spans), plan_(plan), timer_(timer), result_(result) {}

  void run(const std::atomic<bool>& stop) {
    if (plan_.spins && plan_.spans_per_second) {
      spin(stop);
    } else {
      sleep(stop);
    }
  }

  // Before anything counts: code, tables and allocators are warm afterwards.
  void warm_up() {
    constexpr int kSpans = 1000;
    for (int i = 0; i < kSpans; ++i) spans_.make();
    count(kSpans);
  }

 private:
  void count(uint64_t spans) {  // relaxed: a number that is looked at, it publishes nothing
    result_.made.store(result_.made.load(std::memory_order_relaxed) + spans,
                       std::memory_order_relaxed);
  }

  void make() {
    count(1);
    if (!plan_.times_spans) return spans_.make();
    const uint64_t begin = read_timer();
    spans_.make();
    result_.span_ns.add(timer_.nanoseconds(read_timer() - begin));
  }

  // Late spans are made one after the other: the average is kept.
  void spin(const std::atomic<bool>& stop) {
    const auto interval =
        static_cast<uint64_t>(timer_.ticks_per_second() / *plan_.spans_per_second);
    for (uint64_t due = read_timer(); !stop.load(std::memory_order_relaxed); due += interval) {
      while (static_cast<int64_t>(read_timer() - due) < 0) {
      }
      make();
    }
  }

  // A service's threads are awake for their requests; here each wake is of our making. So: seldom,
  // for a few hundred spans, and never so long that it would be a burst.
  std::chrono::microseconds sleep_min() const {
    constexpr double kSpansPerSleep = 256;
    const double microseconds = kSpansPerSleep * 1e6 / plan_.spans_per_second.value_or(1e9);
    return std::chrono::microseconds(static_cast<int64_t>(std::clamp(microseconds, 500.0, 1e4)));
  }

  void sleep(const std::atomic<bool>& stop) {
    constexpr uint64_t kSpansPerLook = 256;  // at the clock and at `stop`
    using loadgen::Clock;
    const std::chrono::microseconds pause = sleep_min();
    loadgen::Pacer pacer(plan_.spans_per_second, Clock::now());
    while (!stop.load(std::memory_order_relaxed)) {
      const auto now = Clock::now();
      const uint64_t due = pacer.take_due(now, kSpansPerLook);
      for (uint64_t i = 0; i < due; ++i) make();
      if (due < kSpansPerLook)
        std::this_thread::sleep_until(std::max(pacer.next_due(), now + pause));
    }
  }

  Spans& spans_;
  const ProducerPlan plan_;
  const Timer& timer_;
  ProducerResult& result_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_PRODUCER_H_
