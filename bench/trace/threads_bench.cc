// Question: what does a span cost in CPU time when many threads record at once, on however few
//           cores?
// Load:     rounds of 8192 spans with five attributes, shared out among the threads, each into a
//           ring of its own; the rings are drained between rounds.
// Excluded: draining and the threads' waiting for a round; reading the threads' CPU clocks, whose
//           cost is subtracted.
#include <time.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "trace/recording.h"

namespace cero::bench {
namespace {

constexpr int kSpansPerRound = 8192;

uint64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t clock_cost_ns() {
  constexpr int kReadings = 1000;
  const uint64_t start = thread_cpu_ns();
  for (int i = 1; i < kReadings; ++i) benchmark::DoNotOptimize(thread_cpu_ns());
  return (thread_cpu_ns() - start) / kReadings;
}

class Recorders {
 public:
  Recorders(Tracer tracer, int count) : round_(count + 1) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, tracer, count]() mutable { work(tracer, count); });
    }
  }
  ~Recorders() {
    stop_ = true;
    round_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  // CPU nanoseconds of all threads.
  uint64_t run_round() {
    cpu_ns_ = 0;
    round_.arrive_and_wait();  // begin
    round_.arrive_and_wait();  // end
    return cpu_ns_;
  }

 private:
  void work(Tracer& tracer, int count) {
    Varying varying;
    const ParentContexts contexts = make_parents();
    Parents parents(contexts);
    const uint64_t clock_cost = clock_cost_ns();
    while (true) {
      round_.arrive_and_wait();
      if (stop_) return;
      const uint64_t start = thread_cpu_ns();
      for (int i = 0; i < kSpansPerRound / count; ++i) record_span<5>(tracer, varying, parents);
      const uint64_t used = thread_cpu_ns() - start;
      cpu_ns_ += used > clock_cost ? used - clock_cost : 0;
      round_.arrive_and_wait();
    }
  }

  std::barrier<> round_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> cpu_ns_{0};
  std::vector<std::thread> threads_;
};

void span_on_threads(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  const auto count = static_cast<int>(state.range(0));
  test::RecordingStage stage(recording_options());
  uint64_t rounds = 0;
  std::chrono::duration<double> wall{0};
  {
    Recorders recorders(stage.tracer("bench"), count);
    recorders.run_round();  // the rings are mapped
    stage.drain_in_place();
    for (auto _ : state) {
      const auto start = Clock::now();
      state.SetIterationTime(static_cast<double>(recorders.run_round()) / 1e9);
      wall += Clock::now() - start;
      ++rounds;
      stage.drain_in_place();
    }
  }
  report_spans(state, kSpansPerRound);
  const DroppedSpans dropped = stage.producer_totals().dropped;
  state.counters["spans_per_second"] = static_cast<double>(rounds) * kSpansPerRound / wall.count();
  state.counters["dropped"] = static_cast<double>(dropped.ring_full + dropped.no_memory);
  if (stage.spans_pushed() != (rounds + 1) * kSpansPerRound)
    state.SkipWithError("spans were dropped");
}
BENCHMARK(span_on_threads)
    ->Name("span/threads")
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->Arg(16)
    ->Arg(64)
    ->UseManualTime();

}  // namespace
}  // namespace cero::bench
