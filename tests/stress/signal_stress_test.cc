// Goal: a signal handler that ends spans never waits for its own thread and never breaks the
// ledger, wherever in cero it interrupts: in start and end, at the list of slots, in a borrowed
// slot. Method: threads that record, also from destructors after cero's exit handler, under a storm
// of signals. A lock that waits for itself is seen as the test's timeout.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "cero/cero.h"
#include "receiver/receiver.h"

namespace cero::test {
namespace {

constexpr int kSignal = SIGUSR1;
constexpr int kSpansAThread = 300;
constexpr int kSpares = 2000;

std::atomic<uint64_t> ended{0};
std::atomic<int> workers_done{0};

// Spans made beforehand, for the handler to end: it finds its thread at any place.
struct Spares {
  std::vector<Span> spans;
  size_t next = 0;
};
constinit thread_local Spares* spares = nullptr;

void end_a_spare(int) {
  if (spares == nullptr || spares->next == spares->spans.size()) return;
  spares->spans[spares->next++].end();
  ended.fetch_add(1, std::memory_order_relaxed);
}

void record_spans(Tracer tracer, int count) {
  for (int i = 0; i < count; ++i) {
    Span span = tracer.start_span("operation");
    EXPECT_TRUE(span.is_recording());
    span.end();
    ended.fetch_add(1, std::memory_order_relaxed);
  }
}

void allow_signals(bool allow) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, kSignal);
  pthread_sigmask(allow ? SIG_UNBLOCK : SIG_BLOCK, &set, nullptr);
}

// Constructed before the thread's first span, so that its destructor runs after cero's exit handler
// and borrows a slot for each call.
struct LateRecorder {
  Tracer tracer;
  Spares own_spares;

  ~LateRecorder() {
    record_spans(tracer, kSpansAThread);
    allow_signals(false);
    spares = nullptr;
    ended += own_spares.spans.size() - own_spares.next;
    own_spares.spans.clear();
    ++workers_done;
  }
};

void run_worker(Tracer tracer) {
  allow_signals(false);
  static thread_local LateRecorder late;
  late.tracer = tracer;
  for (int i = 0; i < kSpares; ++i) {
    late.own_spares.spans.push_back(tracer.start_span("ended by a handler"));
    EXPECT_TRUE(late.own_spares.spans.back().is_recording());
  }
  spares = &late.own_spares;
  allow_signals(true);
  record_spans(tracer, kSpansAThread);
}

void run_workers_under_signals(Tracer tracer) {
  constexpr int kWorkers = 4;
  workers_done.store(0);
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) workers.emplace_back(run_worker, tracer);
  while (workers_done.load() < kWorkers) {
    // A thread that has ended may be signalled until it is joined.
    for (std::thread& worker : workers) pthread_kill(worker.native_handle(), kSignal);
  }
  for (std::thread& worker : workers) worker.join();
}

TEST(SignalStress, counts_every_span_that_a_handler_ends) {
  struct sigaction action = {};
  action.sa_handler = end_a_spare;
  action.sa_flags = SA_RESTART;
  struct sigaction before;
  ASSERT_EQ(sigaction(kSignal, &action, &before), 0);

  const auto backend = receiver::Receiver::start({.count_unique = false});
  ASSERT_TRUE(backend);
  Options options;
  options.exporter.endpoint = backend.value()->urls().front();
  options.log_handler = nullptr;
  auto made = TracerProvider::create(std::move(options));
  ASSERT_TRUE(made);
  TracerProvider provider = std::move(made).value();
  for (int round = 0; round < 60; ++round) {
    run_workers_under_signals(provider.get_tracer("stress"));
  }
  ASSERT_EQ(sigaction(kSignal, &before, nullptr), 0);

  EXPECT_EQ(provider.stats().recorded, ended.load());
  EXPECT_TRUE(provider.shutdown(std::chrono::minutes(1)));
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, ended.load());
  EXPECT_EQ(stats.recorded,
            stats.exported + stats.rejected + stats.dropped.total() + stats.in_flight);
  EXPECT_EQ(stats.in_flight, 0);
  EXPECT_EQ(stats.exported, backend.value()->counts().spans);
  EXPECT_EQ(stats.dropped.no_memory, 0) << "what a handler cannot end counts as reentrant";
}

}  // namespace
}  // namespace cero::test
