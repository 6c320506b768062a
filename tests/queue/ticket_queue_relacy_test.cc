// Goal: no announcement is lost: what a producer pushed before announce() is drained by the pass
// that takes its ticket, or by the sweep that take_missed() asks for. And a lane's token has one
// user at a time. Method: queue/ticket_queue.cc restated under Relacy's atomics, with a queue of
// tickets that is soon full; then the same with one order weakened at a time.
#include <array>

#include "support/relacy.h"

namespace cero::test {
namespace {

using rl::memory_order;

struct Orders {
  memory_order busy_acquire = rl::mo_acquire;    // E1
  memory_order busy_release = rl::mo_release;    // E1
  memory_order missed_release = rl::mo_release;  // E2
  memory_order missed_acquire = rl::mo_acquire;  // E2
  bool missed_by_exchange = true;                // E2: a plain store would end a release sequence
};

constexpr unsigned kProducers = 2;

// What the third-party queue promises for one token: one user at a time, a ticket publishes what
// came before it.
class TokenQueue {
 public:
  bool try_enqueue(unsigned ring) {
    const unsigned size = token_($);
    if (size == kTicketsMax) return false;
    tickets_[size]($) = ring;
    token_($) = size + 1;
    size_.store(size + 1, rl::mo_release, $);
    return true;
  }
  bool try_dequeue(unsigned* ring) {
    if (taken_ == size_.load(rl::mo_acquire, $)) return false;
    *ring = tickets_[taken_++]($);
    return true;
  }

 private:
  static constexpr unsigned kTicketsMax = 1;
  rl::var<unsigned> token_{0};
  rl::atomic<unsigned> size_{0};
  std::array<rl::var<unsigned>, kTicketsMax> tickets_;
  unsigned taken_ = 0;  // by the batch thread alone
};

template <Orders orders>
class TicketQueue {
 public:
  void announce(unsigned ring) {
    if (try_enqueue(ring)) return;
    if (orders.missed_by_exchange) {
      missed_.exchange(true, orders.missed_release, $);
    } else {
      missed_.store(true, orders.missed_release, $);
    }
  }
  bool take(unsigned* ring) { return tickets_.try_dequeue(ring); }
  bool take_missed() {
    return missed_.load(rl::mo_relaxed, $) && missed_.exchange(false, orders.missed_acquire, $);
  }

 private:
  bool try_enqueue(unsigned ring) {
    if (busy_.exchange(true, orders.busy_acquire, $)) return false;
    const bool queued = tickets_.try_enqueue(ring);
    busy_.store(false, orders.busy_release, $);
    return queued;
  }

  rl::atomic<bool> busy_{false};  // of the one lane
  rl::atomic<bool> missed_{false};
  TokenQueue tickets_;
};

template <Orders orders>
struct TicketSuite : rl::test_suite<TicketSuite<orders>, kProducers + 1> {
  static constexpr unsigned kPushes = 2;

  TicketQueue<orders> queue;
  std::array<rl::atomic<unsigned>, kProducers> heads;
  std::array<unsigned, kProducers> drained{};

  void before() {
    for (auto& head : heads) head.store(0, rl::mo_relaxed, $);
  }

  void produce(unsigned ring) {
    for (unsigned push = 1; push <= kPushes; ++push) {
      heads[ring].store(push, rl::mo_release, $);  // SpanRing's E1
      queue.announce(ring);
    }
  }

  void drain(unsigned ring) { drained[ring] = heads[ring].load(rl::mo_acquire, $); }

  void pass() {
    const bool sweeps = queue.take_missed();
    for (unsigned ring; queue.take(&ring);) drain(ring);
    for (unsigned ring = 0; sweeps && ring < kProducers; ++ring) drain(ring);
  }

  void thread(unsigned index) {
    if (index < kProducers) return produce(index);
    for (int i = 0; i < 3; ++i) pass();
  }

  void after() {
    pass();
    for (const unsigned position : drained) RL_ASSERT(position == kPushes);
  }
};

TEST(TicketQueueProtocol, holds) { expect_model_holds<TicketSuite<Orders{}>>(); }

TEST(TicketQueueProtocol, breaks_when_lanes_do_not_exclude) {
  expect_model_breaks<TicketSuite<Orders{.busy_acquire = rl::mo_relaxed}>>(
      rl::test_result_data_race);
  expect_model_breaks<TicketSuite<Orders{.busy_release = rl::mo_relaxed}>>(
      rl::test_result_data_race);
}

TEST(TicketQueueProtocol, breaks_when_missed_does_not_publish_the_work) {
  expect_model_breaks<TicketSuite<Orders{.missed_release = rl::mo_relaxed}>>(
      rl::test_result_user_assert_failed);
  expect_model_breaks<TicketSuite<Orders{.missed_acquire = rl::mo_relaxed}>>(
      rl::test_result_user_assert_failed);
}

TEST(TicketQueueProtocol, breaks_when_missed_is_stored_over_another_producers) {
  expect_model_breaks<TicketSuite<Orders{.missed_by_exchange = false}>>(
      rl::test_result_user_assert_failed);
}

}  // namespace
}  // namespace cero::test
