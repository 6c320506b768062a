// Goal: prove that a thread that records spans allocates nothing, takes no lock and makes no system
//       call, once it is warm and while the pipeline keeps up.
// Method: a million spans through a real provider to a receiver; the C library's functions are
//         replaced by ones that count, the thread's system calls trapped and counted.
#include "support/producer_costs.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "cero/cero.h"
#include "cero/options.h"
#include "support/interposed_calls.h"
#include "support/system_calls.h"
#include "trace/provider_to_nobody.h"

namespace cero::test {
namespace {

// A counter that counts nothing would prove all.
TEST(ProducerCosts, its_counters_count) {
  const uint64_t memory_before = memory_call_count();
  auto number = std::make_unique<int>(1);
  EXPECT_EQ(memory_call_count() - memory_before, 1u);
  number.reset();
  EXPECT_EQ(memory_call_count() - memory_before, 2u);

  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  const uint64_t locks_before = lock_call_count();
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  EXPECT_EQ(lock_call_count() - locks_before, 1u);

  std::thread([] {
    const SystemCalls system_calls;
    if (!system_calls.armed()) return;
    const uint64_t before = system_calls.count();
    EXPECT_EQ(syscall(SYS_getpid), getpid());
    EXPECT_EQ(system_calls.count() - before, 2u);
  }).join();
}

TEST(ProducerCosts, no_allocation_lock_or_system_call_in_a_million_spans) {
  const ProducerCosts costs = measure_producer_costs();
  EXPECT_EQ(costs.spans, 1'000'000u);
  EXPECT_EQ(costs.stats.exported, costs.stats.recorded);
  EXPECT_EQ(costs.stats.dropped.total(), 0u);
  EXPECT_EQ(costs.allocations, 0u);
  EXPECT_EQ(costs.locks, 0u);
  if (!costs.syscalls_counted) GTEST_SKIP() << "system calls cannot be trapped on this machine";
  EXPECT_EQ(costs.syscalls, 0u);
}

// Of a tracer that is bound late.
TEST(ProducerCosts, no_allocation_or_lock_with_a_tracer_from_before_its_provider) {
  const Tracer tracer = get_tracer("early");
  const PreparedSpan prepared = tracer.prepare("prepared", {.attributes = {{"key", "value"}}});
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  const auto record = [&] {
    tracer.start_span("plain").end();
    tracer.start_span("with options", {.attributes = {{"key", "value"}}}).end();
    prepared.start().end();
  };
  record();
  const uint64_t memory_before = memory_call_count();
  const uint64_t locks_before = lock_call_count();
  for (int i = 0; i < 1000; ++i) record();
  EXPECT_EQ(memory_call_count() - memory_before, 0u);
  EXPECT_EQ(lock_call_count() - locks_before, 0u);
  EXPECT_EQ(provider.stats().recorded, 3003u);
  set_default_provider(nullptr);
}

}  // namespace
}  // namespace cero::test
