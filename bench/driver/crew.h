// The threads of one run: those that are measured, and one that keeps the exporter busy.
#ifndef CERO_BENCH_DRIVER_CREW_H_
#define CERO_BENCH_DRIVER_CREW_H_

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "driver/options.h"
#include "driver/producer.h"
#include "driver/thread_usage.h"

namespace cero::bench {

// `Side` makes a Side::Spans for each thread.
template <typename Side>
class Crew {
 public:
  // The threads are ready when this returns, and wait for start().
  Crew(Side& side, const DriverOptions& options, const Timer& timer)
      : side_(side), timer_(timer), results_(options.threads + 1) {
    const bool has_background = options.background_per_second != 0.0;
    const std::ptrdiff_t threads = options.threads + (has_background ? 1 : 0);
    ready_.emplace(threads);
    finished_.emplace(threads);
    std::optional<double> rate = options.spans_per_second;
    if (rate) *rate /= options.threads;
    for (uint32_t i = 0; i < options.threads; ++i) {
      start_thread("producer", {rate, options.spins, options.times_spans}, results_[i]);
    }
    if (has_background) {
      start_thread("background", {options.background_per_second}, results_.back());
    }
    ready_->wait();
  }

  // Also where the run was given up before it began.
  ~Crew() {
    if (!started_) start();
    stop();
    join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start() {
    started_ = true;
    start_.count_down();
  }
  // Returns when the threads have ended; their results are final.
  void stop() {
    stop_.store(true, std::memory_order_relaxed);
    finished_->wait();
  }
  uint64_t made() const {
    uint64_t sum = 0;
    for (const ProducerResult& result : results_)
      sum += result.made.load(std::memory_order_relaxed);
    return sum;
  }
  // Of the threads that are measured.
  loadgen::LatencyHistogram span_ns() const {
    loadgen::LatencyHistogram sum;
    for (const ProducerResult& result : results_) sum.merge(result.span_ns);
    return sum;
  }

 private:
  // Until then the threads' CPU time can be read.
  void join() {
    leave_.count_down();
    for (std::thread& thread : threads_) thread.join();
  }

  void start_thread(const char* name, const ProducerPlan& plan, ProducerResult& result) {
    threads_.emplace_back([this, name, plan, &result] {
      name_this_thread(name);
      typename Side::Spans spans(side_);
      Producer producer(spans, plan, timer_, result);
      if (plan.times_spans) producer.warm_up();
      ready_->count_down();
      start_.wait();
      producer.run(stop_);
      finished_->count_down();
      leave_.wait();
    });
  }

  Side& side_;
  const Timer& timer_;
  std::vector<ProducerResult> results_;
  std::optional<std::latch> ready_;
  bool started_ = false;
  std::latch start_{1};
  std::atomic<bool> stop_{false};
  std::optional<std::latch> finished_;
  std::latch leave_{1};
  std::vector<std::thread> threads_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_CREW_H_
