// Goal: every thread has one slot of its own, which passes on whole when the thread ends; threads
// on their way out, and signal handlers, are served or counted. Method: threads one after the other
// and at once; destructors that run after cero's; real signals.
#include "trace/thread_slot.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "support/test_records.h"
#include "trace/provider_to_nobody.h"

namespace cero::core {
namespace {

using test::make_provider_to_nobody;
using test::TestRecord;

constexpr uint32_t kRecordBytes = 200;

class IgnoringAnnouncer final : public Announcer {
 public:
  void announce(SpanRing&, bool) noexcept override {}
};

// Immortal, in the place of the last provider.
Runtime& test_runtime() {
  static auto* announcer = new IgnoringAnnouncer;
  static Runtime* runtime = [] {
    auto* made = new Runtime(kRuntimesMax - 1, *announcer);
    made->prepare(Options{});
    return made;
  }();
  return *runtime;
}

ThreadSlot* slot_of_a_new_thread() {
  ThreadSlot* slot = nullptr;
  std::thread([&] {
    SlotUse use;
    ASSERT_TRUE(use);
    slot = use.operator->();
  }).join();
  return slot;
}

TEST(ThreadSlot, is_the_same_for_each_use_of_a_thread) {
  ThreadSlot* first = nullptr;
  {
    SlotUse use;
    ASSERT_TRUE(use);
    first = use.operator->();
  }
  SlotUse use;
  EXPECT_EQ(use.operator->(), first);
  EXPECT_EQ(this_thread_slot, first);
}

TEST(ThreadSlot, passes_to_the_next_thread) {
  ThreadSlot* first = slot_of_a_new_thread();
  ASSERT_NE(first, nullptr);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(slot_of_a_new_thread(), first);
}

TEST(ThreadSlot, is_not_shared_by_threads_that_live_at_once) {
  constexpr int kThreads = 16;
  std::barrier all_have_one(kThreads);
  std::mutex mutex;
  std::set<ThreadSlot*> slots;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      {
        SlotUse use;
        const std::lock_guard lock(mutex);
        slots.insert(use.operator->());
      }
      all_have_one.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(slots.size(), kThreads);
  EXPECT_FALSE(slots.contains(nullptr));
}

TEST(ThreadSlot, passes_on_with_the_records_in_its_ring) {
  SpanRing* rings[2] = {};
  for (uint64_t number : {0, 1}) {
    std::thread([&] {
      SlotUse use;
      rings[number] = use->ring_of(test_runtime());
      ASSERT_NE(rings[number], nullptr);
      EXPECT_TRUE(rings[number]->try_push(TestRecord(kRecordBytes, number)));
    }).join();
  }
  ASSERT_EQ(rings[0], rings[1]);
  uint64_t next = 0;
  rings[0]->drain([&](const RecordHeader& record) {
    EXPECT_EQ(test::number_of(record), next++);
    EXPECT_TRUE(test::is_intact(record));
    return true;
  });
  EXPECT_EQ(next, 2);
}

TEST(ThreadSlot, takes_a_buffer_back_after_its_thread_has_ended) {
  SpanBuffer* buffer = nullptr;
  std::thread([&] {
    SlotUse use;
    buffer = use->pool.take();
  }).join();
  ASSERT_NE(buffer, nullptr);
  give_back_to_depot(buffer);
  std::thread([&] {
    SlotUse use;
    bool came_back = false;
    for (int i = 0; i < 100 && !came_back; ++i) came_back = use->pool.take() == buffer;
    EXPECT_TRUE(came_back);
  }).join();
}

// What destructors do at the end of a thread.
struct Uses {
  void use_slot() {
    SlotUse use;
    usable += use ? 1 : 0;
    kept += this_thread_slot != nullptr ? 1 : 0;
    if (use && use->ring_of(test_runtime())->try_push(TestRecord(kRecordBytes, 1))) ++pushed;
  }
  ~Uses() {
    if (at_end != nullptr) at_end->use_slot();
  }
  Uses* at_end = nullptr;
  int usable = 0;
  int kept = 0;
  int pushed = 0;
};

TEST(ThreadSlot, is_kept_until_the_destructors_of_thread_locals_have_run) {
  Uses uses;
  ThreadSlot* first = nullptr;
  std::thread([&] {
    static thread_local Uses late;
    late.at_end = &uses;
    SlotUse use;
    first = use.operator->();
  }).join();
  EXPECT_EQ(uses.pushed, 1);
  EXPECT_EQ(uses.kept, 1);
  EXPECT_EQ(slot_of_a_new_thread(), first);
  first->rings[kRuntimesMax - 1]->drain([](const RecordHeader&) { return true; });
}

pthread_key_t late_key;

// The destructors of all keys run, then once more those of keys that were set again meanwhile:
// after cero's own.
void use_slot_in_the_second_round(void* value) {
  auto* uses = static_cast<Uses*>(value);
  if (std::exchange(uses->at_end, nullptr) != nullptr) {
    pthread_setspecific(late_key, uses);
    return;
  }
  for (int i = 0; i < 3; ++i) uses->use_slot();
}

TEST(ThreadSlot, is_borrowed_by_destructors_that_run_after_the_exit_handler) {
  ASSERT_EQ(pthread_key_create(&late_key, use_slot_in_the_second_round), 0);
  Uses uses;
  Uses first_round;
  uses.at_end = &first_round;
  ThreadSlot* first = nullptr;
  std::thread([&] {
    pthread_setspecific(late_key, &uses);
    SlotUse use;
    first = use.operator->();
  }).join();
  pthread_key_delete(late_key);
  EXPECT_EQ(uses.usable, 3);
  EXPECT_EQ(uses.pushed, 3);
  EXPECT_EQ(uses.kept, 0) << "each use gives it back";
  EXPECT_EQ(slot_of_a_new_thread(), first);
  first->rings[kRuntimesMax - 1]->drain([](const RecordHeader&) { return true; });
}

[[noreturn]] void use_slot_in_static_destructor() {
  std::atexit([] {
    constexpr int kServed = 42;
    SlotUse use;
    const bool pushed = use && use->ring_of(test_runtime())->try_push(TestRecord(kRecordBytes, 1));
    std::_Exit(pushed ? kServed : 1);
  });
  { SlotUse use; }
  std::exit(0);
}

TEST(ThreadSlotDeathTest, serves_static_destructors) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(use_slot_in_static_destructor(), testing::ExitedWithCode(42), "");
}

TEST(ThreadSlot, refuses_a_second_use_inside_the_first) {
  SlotUse outer;
  ASSERT_TRUE(outer);
  {
    SlotUse inner;
    EXPECT_FALSE(inner);
    EXPECT_TRUE(inner.reentrant());
  }
  SlotUse still_inside;
  EXPECT_TRUE(still_inside.reentrant()) << "the inner use has not ended the outer one";
}

// As when a signal handler takes the thread's slot after the thread has seen that it has none.
TEST(ThreadSlot, that_a_handler_took_meanwhile_is_no_reentrance) {
  std::thread([] {
    ASSERT_EQ(idle_slot(), nullptr);
    { SlotUse handler; }
    const SlotLease lease = lease_slot();
    EXPECT_FALSE(lease.reentrant);
    EXPECT_NE(lease.slot, nullptr);
    EXPECT_EQ(lease.slot, this_thread_slot);
    EXPECT_FALSE(lease.borrowed);
  }).join();
}

Span* span_for_handler = nullptr;
void end_span(int) { span_for_handler->end(); }

class SignalHandler {
 public:
  explicit SignalHandler(void (*handler)(int)) : before_(std::signal(SIGUSR1, handler)) {}
  ~SignalHandler() { std::signal(SIGUSR1, before_); }

 private:
  void (*before_)(int);
};

TEST(SignalHandler, ends_a_span_while_its_thread_is_elsewhere) {
  TracerProvider provider = make_provider_to_nobody();
  Span span = provider.get_tracer("test").start_span("operation");
  span_for_handler = &span;
  const SignalHandler handler(end_span);
  std::raise(SIGUSR1);
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(provider.stats().recorded, 1);
  EXPECT_EQ(provider.stats().dropped.total(), 0);
}

TEST(SignalHandler, ends_a_span_as_reentrant_while_its_thread_is_inside_cero) {
  TracerProvider provider = make_provider_to_nobody();
  Tracer tracer = provider.get_tracer("test");
  Span span = tracer.start_span("operation");
  span_for_handler = &span;
  const SignalHandler handler(end_span);
  {
    SlotUse inside;
    ASSERT_TRUE(inside);
    std::raise(SIGUSR1);
  }
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(provider.stats().recorded, 1);
  EXPECT_EQ(provider.stats().dropped.reentrant, 1);
  EXPECT_EQ(provider.stats().in_flight, 0);

  tracer.start_span("afterwards").end();
  EXPECT_EQ(provider.stats().recorded, 2);
  EXPECT_EQ(provider.stats().dropped.total(), 1);
}

}  // namespace
}  // namespace cero::core
