// Goal: a scope that ends on another thread, while its own pops and writes its entry anew or passes
// the stack on, ends itself and no other. Method: trace/current_stack.h restated under Relacy's
// atomics; then the same with one order weakened, or one step left out, at a time.
#include <array>

#include "support/relacy.h"

namespace cero::test {
namespace {

using rl::memory_order;

struct Steps {
  memory_order pass_on = rl::mo_release;  // E1, a mutex there
  memory_order take = rl::mo_acquire;     // E1
  bool compares_serials = true;
  bool continues_serials = true;  // of the last owner
};

constexpr unsigned kBusy = 0;
constexpr unsigned kEnded = 1;

struct Entry {
  rl::atomic<unsigned> serial{kEnded};
  rl::var<unsigned> context{0};
  Entry* below = nullptr;
  Entry* above = nullptr;

  bool is_live() { return serial.load(rl::mo_relaxed, $) > kEnded; }
};

struct Place {
  Entry* entry = nullptr;
  unsigned serial = 0;
};

template <Steps steps>
class Stack {
 public:
  Stack() {
    for (size_t i = 1; i < entries_.size(); ++i) {
      entries_[i].below = &entries_[i - 1];
      entries_[i - 1].above = &entries_[i];
    }
  }

  Place push(unsigned context) {
    pop_ended();
    Entry* const below = top_($);
    Entry* const entry = below == nullptr ? &entries_.front() : below->above;
    top_($) = entry;
    entry->serial.store(kBusy, rl::mo_relaxed, $);
    entry->context($) = context;
    const unsigned serial = unsigned(last_serial_($)) + 1;
    last_serial_($) = serial;
    entry->serial.store(serial, rl::mo_relaxed, $);
    return {entry, serial};
  }
  void end(const Place& place) {
    pop_ended();
    if (top_($) != place.entry || place.entry->serial.load(rl::mo_relaxed, $) != place.serial)
      return end_elsewhere(place);
    place.entry->serial.store(kEnded, rl::mo_relaxed, $);
    top_($) = place.entry->below;
  }
  static void end_elsewhere(const Place& place) {
    if (!steps.compares_serials) return place.entry->serial.store(kEnded, rl::mo_relaxed, $);
    unsigned serial = place.serial;
    place.entry->serial.compare_exchange_strong(serial, kEnded, rl::mo_relaxed, $);
  }
  // 0: nothing.
  unsigned current() {
    for (Entry* entry = top_($); entry != nullptr; entry = entry->below) {
      if (entry->is_live()) return entry->context($);
    }
    return 0;
  }

  // The owner exits; another thread takes the stack.
  void pass_on() {
    for (Entry* entry = top_($); entry != nullptr; entry = entry->below) empty(*entry);
    top_($) = nullptr;
    if (!steps.continues_serials) last_serial_($) = kEnded;
    is_free_.store(1, steps.pass_on, $);
  }
  bool try_take() { return is_free_.exchange(0, steps.take, $) == 1; }

 private:
  static void empty(Entry& entry) {
    entry.serial.store(kBusy, rl::mo_relaxed, $);
    entry.context($) = 0;
    entry.serial.store(kEnded, rl::mo_relaxed, $);
  }
  void pop_ended() {
    for (Entry* entry = top_($);
         entry != nullptr && entry->serial.load(rl::mo_relaxed, $) == kEnded;
         entry = entry->below) {
      empty(*entry);
      top_($) = entry->below;
    }
  }

  std::array<Entry, 4> entries_;
  rl::var<Entry*> top_{nullptr};
  rl::var<unsigned> last_serial_{kEnded};
  rl::atomic<unsigned> is_free_{0};
};

// The first thread makes scopes that the second one ends, and exits; the third one goes on with its
// stack.
template <Steps steps>
struct StackSuite : rl::test_suite<StackSuite<steps>, 3> {
  Stack<steps> stack;
  std::array<Place, 2> moved;
  std::array<rl::atomic<unsigned>, 2> is_moved;
  rl::atomic<unsigned> first_has_ended{0};
  rl::atomic<unsigned> first_thread_is_gone{0};

  void before() {
    for (auto& flag : is_moved) flag.store(0, rl::mo_relaxed, $);
  }

  void move_scope(size_t number, unsigned context) {
    moved[number] = stack.push(context);
    is_moved[number].store(1, rl::mo_release, $);
  }

  void thread(unsigned index) {
    if (index == 0) return make_scopes();
    if (index == 1) return end_scopes();
    go_on();
  }
  void make_scopes() {
    move_scope(0, 1);
    const Place own = stack.push(2);
    RL_ASSERT(stack.current() == 2);
    stack.end(own);
    const unsigned left = stack.current();
    RL_ASSERT(left == 1 || left == 0);
    move_scope(1, 3);
    const unsigned innermost = stack.current();
    RL_ASSERT(innermost == 3 || innermost == 1 || innermost == 0);
    if (first_has_ended.load(rl::mo_acquire, $) == 1) RL_ASSERT(stack.current() != 1);
    stack.pass_on();
    first_thread_is_gone.store(1, rl::mo_release, $);
  }
  void end_scopes() {
    rl::linear_backoff backoff;
    const bool is_late = rl::rand(2) == 1;
    while (is_late && first_thread_is_gone.load(rl::mo_acquire, $) == 0) backoff.yield($);
    for (size_t i = 0; i < moved.size(); ++i) {
      while (is_moved[i].load(rl::mo_acquire, $) == 0) backoff.yield($);
      stack.end_elsewhere(moved[i]);
      if (i == 0) first_has_ended.store(1, rl::mo_release, $);
    }
  }
  void go_on() {
    rl::linear_backoff backoff;
    while (!stack.try_take()) backoff.yield($);
    RL_ASSERT(stack.current() == 0);
    std::array<Place, 3> own;
    for (unsigned i = 0; i < own.size(); ++i) {
      own[i] = stack.push(10 + i);
      RL_ASSERT(stack.current() == 10 + i);
    }
    for (unsigned i = own.size(); i > 0; --i) {
      RL_ASSERT(stack.current() == 9 + i);
      stack.end(own[i - 1]);
    }
    RL_ASSERT(stack.current() == 0);
  }
};

TEST(CurrentStackProtocol, holds) { expect_model_holds<StackSuite<Steps{}>>(); }

TEST(CurrentStackProtocol, breaks_when_a_stack_is_not_published_to_its_next_owner) {
  expect_model_breaks<StackSuite<Steps{.pass_on = rl::mo_relaxed}>>(rl::test_result_data_race);
  expect_model_breaks<StackSuite<Steps{.take = rl::mo_relaxed}>>(rl::test_result_data_race);
}

TEST(CurrentStackProtocol, breaks_when_an_end_does_not_look_whose_entry_it_is) {
  expect_model_breaks<StackSuite<Steps{.compares_serials = false}>>(
      rl::test_result_user_assert_failed);
}

TEST(CurrentStackProtocol, breaks_when_a_serial_is_given_twice) {
  expect_model_breaks<StackSuite<Steps{.continues_serials = false}>>(
      rl::test_result_user_assert_failed);
}

}  // namespace
}  // namespace cero::test
