// Goal: whatever the order in which scopes end, and the thread, one that has ended is current
// nowhere, the others stay, and nothing of it is read any more. Method: scopes on the heap, ended
// by hand, on other threads and after their own; random programs over several threads against
// lists. The seed is printed.
#include "trace/current_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "support/recording_stage.h"
#include "support/seed.h"

namespace cero::core {
namespace {

using OwnedScope = std::unique_ptr<Scope>;

SpanContext context_of(uint8_t number) {
  return {TraceId({number}), SpanId({number}), TraceFlags::kSampled};
}
SpanContext with_trace_state(uint8_t number) {
  return {TraceId({number}), SpanId({number}), 0, true, TraceState::from_header("k=v")};
}
OwnedScope make_scope(SpanContext context) { return std::make_unique<Scope>(std::move(context)); }

void end_on_another_thread(OwnedScope scope) {
  std::thread([&] { scope.reset(); }).join();
}

TEST(CurrentStack, an_outer_scope_may_end_before_an_inner_one) {
  OwnedScope outer = make_scope(with_trace_state(1));
  OwnedScope inner = make_scope(context_of(2));
  outer.reset();
  EXPECT_EQ(current_context(), context_of(2));
  inner.reset();
  EXPECT_FALSE(current_context().valid());
}

TEST(CurrentStack, a_scope_that_ended_between_two_others_is_passed_over) {
  const Scope outer(context_of(1));
  OwnedScope middle = make_scope(context_of(2));
  OwnedScope inner = make_scope(context_of(3));
  middle.reset();
  EXPECT_EQ(current_context(), context_of(3));
  inner.reset();
  EXPECT_EQ(current_context(), context_of(1));
  const Scope next(context_of(4));
  EXPECT_EQ(current_context(), context_of(4));
}

TEST(CurrentStack, a_scope_that_ended_on_another_thread_is_current_nowhere) {
  const Scope outer(context_of(1));
  end_on_another_thread(make_scope(with_trace_state(2)));
  EXPECT_EQ(current_context(), context_of(1));
}

// A coroutine's frame that was resumed, and freed, on another thread.
TEST(CurrentStack, no_span_is_the_child_of_one_whose_frame_was_freed_elsewhere) {
  test::RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  auto frame = std::make_unique<ScopedSpan>(tracer.start_span("request"));
  const SpanContext request = frame->context();
  std::thread([&] { frame.reset(); }).join();
  EXPECT_FALSE(current_context().valid());
  const Span next = tracer.start_span("next");
  EXPECT_NE(next.context().trace_id(), request.trace_id());
  const Span of_none = Tracer().start_span("without a provider");
  EXPECT_FALSE(of_none.context().valid());
}

TEST(CurrentStack, an_outer_span_is_the_parent_after_an_inner_one_ended_elsewhere) {
  test::RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  const ScopedSpan outer = tracer.start_as_current_span("outer");
  auto inner = std::make_unique<ScopedSpan>(tracer.start_span("inner"));
  std::thread([&] { inner.reset(); }).join();
  EXPECT_EQ(current_context(), outer.context());
  EXPECT_EQ(tracer.start_span("child").context().trace_id(), outer.context().trace_id());
  EXPECT_EQ(Tracer().start_span("without a provider").context(), outer.context());
}

TEST(CurrentStack, scopes_that_all_end_elsewhere_take_no_more_room) {
  end_on_another_thread(make_scope(context_of(1)));
  const CurrentEntry* const first = detail::current_top;
  ASSERT_NE(first, nullptr);
  for (int i = 0; i < 1000; ++i) {
    end_on_another_thread(make_scope(context_of(2)));
    ASSERT_EQ(detail::current_top, first);
  }
  { const Scope last(context_of(3)); }
  EXPECT_EQ(detail::current_top, nullptr);
}

TEST(CurrentStack, a_hundred_scopes_nest) {
  constexpr uint8_t kDeep = 100;
  for (int round = 0; round < 2; ++round) {
    std::vector<OwnedScope> scopes;
    for (uint8_t i = 1; i <= kDeep; ++i) {
      scopes.push_back(make_scope(context_of(i)));
      ASSERT_EQ(current_context(), context_of(i));
    }
    for (uint8_t i = kDeep; i >= 1; --i) {
      ASSERT_EQ(current_context(), context_of(i));
      scopes.pop_back();
    }
    EXPECT_FALSE(current_context().valid());
  }
}

TEST(CurrentStack, a_scope_of_an_invalid_context_may_end_in_any_order) {
  OwnedScope nothing = make_scope({});
  const Scope inner(context_of(1));
  nothing.reset();
  EXPECT_EQ(current_context(), context_of(1));
}

TEST(CurrentStack, passes_to_the_next_thread_with_nothing_current) {
  OwnedScope outlives_its_thread;
  const CurrentStack* first = nullptr;
  std::thread([&] {
    outlives_its_thread = make_scope(with_trace_state(1));
    first = this_current_stack;
  }).join();
  EXPECT_FALSE(current_context().valid());
  std::thread([&] {
    EXPECT_FALSE(current_context().valid());
    const Scope in_its_place(context_of(2));
    EXPECT_EQ(this_current_stack, first);
    outlives_its_thread.reset();
    EXPECT_EQ(current_context(), context_of(2));
  }).join();
}

TEST(CurrentStack, ends_nothing_of_another_scope_in_the_same_place) {
  OwnedScope outlives_its_thread;
  std::thread([&] { outlives_its_thread = make_scope(context_of(1)); }).join();
  std::thread([&] {
    const Scope in_its_place(context_of(2));
    end_on_another_thread(std::move(outlives_its_thread));
    EXPECT_EQ(current_context(), context_of(2));
  }).join();
}

pthread_key_t late_key;
bool late_scope_was_current = true;

// As in thread_slot_test.cc: after cero's own exit handler.
void make_scope_in_the_second_round(void* value) {
  auto* first_round = static_cast<bool*>(value);
  if (std::exchange(*first_round, false)) {
    pthread_setspecific(late_key, first_round);
    return;
  }
  const Scope scope(context_of(1));
  late_scope_was_current = current_context().valid();
}

TEST(CurrentStack, a_scope_after_the_exit_handler_of_its_thread_has_no_effect) {
  ASSERT_EQ(pthread_key_create(&late_key, make_scope_in_the_second_round), 0);
  bool first_round = true;
  const CurrentStack* first = nullptr;
  std::thread([&] {
    pthread_setspecific(late_key, &first_round);
    const Scope scope(context_of(2));
    first = this_current_stack;
  }).join();
  pthread_key_delete(late_key);
  EXPECT_FALSE(late_scope_was_current);
  std::thread([&] {
    const Scope scope(context_of(3));
    EXPECT_EQ(this_current_stack, first);
  }).join();
}

[[noreturn]] void misuse_scopes() {
  for (int i = 0; i < 2; ++i) {
    OwnedScope outer = make_scope(context_of(1));
    const Scope inner(context_of(2));
    outer.reset();
  }
  std::_Exit(0);
}

TEST(CurrentStackDeathTest, misuse_is_told_once_in_builds_with_assertions) {
#ifdef CERO_ASSERTS
  const std::string expected =
      "cero: warning: a Scope ended out of order, or on another thread than the one that made it: "
      "it is current nowhere any more (told once)\n";
#else
  const std::string expected;
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(misuse_scopes(), testing::ExitedWithCode(0), testing::Eq(expected));
}

// A thread that does one thing after the other, as it is told.
class Worker {
 public:
  ~Worker() { stop(); }
  void run(std::function<void()> work) {
    std::packaged_task<void()> task(std::move(work));
    std::future<void> done = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      task_ = std::move(task);
    }
    changed_.notify_one();
    done.wait();
  }
  // Ends the thread; another one goes on in its place.
  void renew() {
    stop();
    stopping_ = false;
    thread_ = std::thread([this] { work(); });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return task_.valid() || stopping_; });
      if (!task_.valid()) return;
      std::exchange(task_, {})();
    }
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::packaged_task<void()> task_;
  bool stopping_ = false;
  std::thread thread_{[this] { work(); }};
};

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {}

  void step() {
    const size_t here = random_() % kThreads;
    const uint64_t choice = random_() % 100;
    if (choice < 55 && scopes_.size() < kScopesMax) {
      begin(here);
    } else if (choice < 99) {
      end(here);
    } else {
      renew(here);
    }
    check(random_() % kThreads);
    check(here);
  }
  void finish() {
    while (!scopes_.empty()) end(random_() % kThreads);
    for (size_t i = 0; i < kThreads; ++i) check(i);
  }

 private:
  static constexpr size_t kThreads = 4;
  static constexpr size_t kScopesMax = 400;
  static constexpr size_t kGone = kThreads;

  struct Living {
    OwnedScope scope;
    size_t thread;
    SpanContext context;
  };

  SpanContext next_context() {
    std::array<uint8_t, 8> id;
    const uint64_t number = ++contexts_;
    std::memcpy(id.data(), &number, sizeof(number));
    return {
        TraceId({1}), SpanId(id), 0, false,
        number % 4 == 0 ? TraceState::from_header("k=" + std::to_string(number)) : TraceState()};
  }

  void begin(size_t here) {
    const SpanContext context = next_context();
    OwnedScope scope;
    workers_[here].run([&] { scope = make_scope(context); });
    scopes_.push_back({std::move(scope), here, context});
  }
  // Mostly the last one of this thread, as in a program that does it right.
  void end(size_t here) {
    if (scopes_.empty()) return;
    auto chosen = scopes_.begin();
    std::advance(chosen, random_() % scopes_.size());
    if (random_() % 2 == 0) {
      const auto last = std::find_if(scopes_.rbegin(), scopes_.rend(),
                                     [&](const Living& living) { return living.thread == here; });
      if (last != scopes_.rend()) chosen = std::prev(last.base());
    }
    workers_[here].run([&] { chosen->scope.reset(); });
    scopes_.erase(chosen);
  }
  void renew(size_t here) {
    workers_[here].renew();
    for (Living& living : scopes_) {
      if (living.thread == here) living.thread = kGone;
    }
  }
  void check(size_t here) {
    SpanContext expected;
    for (const Living& living : scopes_) {
      if (living.thread == here) expected = living.context;
    }
    SpanContext found;
    workers_[here].run([&] { found = current_context(); });
    ASSERT_EQ(found, expected);
  }

  std::mt19937_64 random_;
  std::array<Worker, kThreads> workers_;
  std::list<Living> scopes_;  // in the order of their beginning
  uint64_t contexts_ = 0;
};

TEST(CurrentStack, is_what_lists_of_living_scopes_say) {
  Model model(test::test_seed());
  for (int i = 0; i < 6000 && !HasFatalFailure(); ++i) model.step();
  model.finish();
}

}  // namespace
}  // namespace cero::core
