#include "loadgen/producers.h"

#include <time.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "loadgen/pacer.h"
#include "loadgen/workload.h"

namespace cero::loadgen {
namespace {

constexpr uint64_t kTracesPerLook = 64;  // at the clock and at the stop request
// Sleeping for less costs more CPU than the spans do.
constexpr std::chrono::microseconds kSleepMin{500};

uint64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

class Producers::Crew {
 public:
  Crew(TracerProvider& provider, const LoadOptions& options, uint64_t clock_cost_ns)
      : provider_(provider),
        options_(options),
        clock_cost_ns_(clock_cost_ns),
        ready_(options.threads),
        totals_(options.threads) {
    for (uint32_t i = 0; i < options.threads; ++i) {
      threads_.emplace_back([this, i](const std::stop_token& stop) { produce(stop, i); });
    }
    ready_.wait();
  }
  ~Crew() { join(); }

  void start() {
    started_at_ = Clock::now();
    start_.count_down();
    started_ = true;
  }

  void stop() {
    for (std::jthread& thread : threads_) thread.request_stop();
  }

  ProducerTotals join() {
    if (!started_) {
      stop();
      start();
    }
    for (std::jthread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    ProducerTotals sum;
    for (const ProducerTotals& totals : totals_) {
      sum.spans += totals.spans;
      sum.cpu_ns += totals.cpu_ns;
      sum.span_ns.merge(totals.span_ns);
    }
    return sum;
  }

 private:
  void produce(const std::stop_token& stop, uint32_t index) {
    // Without its memory prepared a thread still works: its first spans cost more, or are counted
    // as no_memory.
    (void)provider_.prepare_thread();
    Workload workload(provider_,
                      {options_.seed + index, options_.attributes, options_.spans_per_trace},
                      clock_cost_ns_);
    ready_.count_down();
    start_.wait();

    const uint64_t cpu_before = thread_cpu_ns();
    run(stop, workload);
    totals_[index] = {workload.spans(), thread_cpu_ns() - cpu_before, workload.span_ns()};
  }

  void run(const std::stop_token& stop, Workload& workload) {
    const auto end = started_at_ + std::chrono::duration_cast<Clock::duration>(options_.duration);
    Pacer pacer(traces_per_second(), started_at_);
    std::mutex mutex;
    std::condition_variable_any stop_asked;
    for (auto now = Clock::now(); now < end && !stop.stop_requested(); now = Clock::now()) {
      const uint64_t due = pacer.take_due(now, kTracesPerLook);
      for (uint64_t i = 0; i < due; ++i) workload.record_trace();
      if (due != 0) continue;
      const auto wake = std::min(end, std::max(pacer.next_due(), now + kSleepMin));
      std::unique_lock lock(mutex);
      stop_asked.wait_until(lock, stop, wake, [] { return false; });
    }
  }

  // Of one thread.
  std::optional<double> traces_per_second() const {
    if (!options_.spans_per_second) return std::nullopt;
    return *options_.spans_per_second / options_.spans_per_trace / options_.threads;
  }

  TracerProvider& provider_;
  const LoadOptions& options_;
  const uint64_t clock_cost_ns_;
  std::latch ready_;
  std::latch start_{1};
  Clock::time_point started_at_;  // written before start_ opens
  bool started_ = false;
  std::vector<ProducerTotals> totals_;
  std::vector<std::jthread> threads_;
};

Producers::Producers(TracerProvider& provider, const LoadOptions& options, uint64_t clock_cost_ns)
    : crew_(std::make_unique<Crew>(provider, options, clock_cost_ns)) {}
Producers::~Producers() = default;
void Producers::start() { crew_->start(); }
void Producers::stop() { crew_->stop(); }
ProducerTotals Producers::join() { return crew_->join(); }

}  // namespace cero::loadgen
