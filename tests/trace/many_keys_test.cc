// Goal: a thread's first span may be a signal handler's, however many of pthread's keys the program
// has: it asks for no memory, and no slot is lost when threads end. Method: two programs, of which
// one takes its keys before cero's constructors run (CERO_KEYS_before), the other after; real
// signals; the C library's allocator counted.
#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include "support/interposed_calls.h"
#include "trace/provider_to_nobody.h"
#include "trace/thread_slot.h"

namespace cero::core {
namespace {

using test::make_provider_to_nobody;

#ifdef CERO_KEYS_before
constexpr bool kBefore = true;
#else
constexpr bool kBefore = false;
#endif

void take_keys() {
  constexpr int kKeys = 40;  // glibc has room for the values of 32 in each thread
  pthread_key_t key;
  for (int i = 0; i < kKeys; ++i) {
    if (pthread_key_create(&key, nullptr) != 0) std::abort();
  }
}

[[gnu::constructor(101)]] void take_keys_first() {
  if (kBefore) take_keys();
}

class ManyKeys : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!kBefore) take_keys();
  }

  TracerProvider provider_ = make_provider_to_nobody();
};

Tracer tracer_of_handler;
uint64_t memory_calls_of_handler = 0;

void record_a_span(int) {
  const uint64_t before = test::memory_call_count();
  tracer_of_handler.start_span("in a handler").end();
  memory_calls_of_handler += test::memory_call_count() - before;
}

TEST_F(ManyKeys, let_a_threads_first_span_in_a_handler_take_no_memory) {
  tracer_of_handler = provider_.get_tracer("t");
  memory_calls_of_handler = 0;
  const auto before = std::signal(SIGUSR1, record_a_span);
  std::raise(SIGUSR1);  // so that all is bound
  for (int i = 0; i < 20; ++i) std::thread([] { std::raise(SIGUSR1); }).join();
  std::signal(SIGUSR1, before);
  EXPECT_EQ(memory_calls_of_handler, 0u);
  EXPECT_EQ(provider_.stats().recorded, 21u);
  EXPECT_EQ(provider_.stats().dropped.total(), 0u);
}

TEST_F(ManyKeys, lose_no_slot_when_threads_end) {
  std::set<ThreadSlot*> slots;
  const auto use = [&] {
    for (int i = 0; i < 3; ++i) {
      SlotUse slot;
      ASSERT_TRUE(slot);
      slots.insert(slot.operator->());
    }
  };
  for (int i = 0; i < 50; ++i) {
    std::thread([&] {
      use();
      EXPECT_EQ(this_thread_slot == nullptr, kBefore) << "borrows one only where it must";
      static_cast<void>(provider_.get_tracer("t"));
      use();
      EXPECT_NE(this_thread_slot, nullptr);
    }).join();
    std::thread(use).join();
  }
  EXPECT_EQ(slots.size(), 1u);
}

TEST_F(ManyKeys, let_a_thread_have_its_own_slot_from_prepare_thread_on) {
  std::thread([&] {
    EXPECT_TRUE(provider_.prepare_thread());
    EXPECT_NE(this_thread_slot, nullptr);
  }).join();
}

}  // namespace
}  // namespace cero::core
