// TicketQueue: the rings that have work, from all producers to the batch thread.
//
// What goes through is "drain me", once in about a hundred spans, so that the batch thread's work
// grows with the threads that are active and not with those that exist. Tickets may be lost or
// doubled: a lost one raises missed_ and the next pass sweeps all rings, a doubled one finds an
// empty ring.
//
// Producers share kLaneCount producer tokens ("lanes"), each behind a flag that is tried, never
// waited for: a token per thread would starve most of a thousand threads, since an enqueue that
// never allocates needs blocks and a token keeps its own.
//
// E1  Lane::busy: acquire in the exchange -> release in the store. One producer at a time uses the
//     token.
// E2  missed_: release in announce -> acquire in take_missed. The sweep that follows sees what each
//     producer that missed had pushed. announce exchanges: a plain store would end the release
//     sequence of another producer's.
//
// tests/queue/ticket_queue_relacy_test.cc has the protocol under a model checker: change both.
#ifndef CERO_CORE_QUEUE_TICKET_QUEUE_H_
#define CERO_CORE_QUEUE_TICKET_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>

#include "queue/wake_word.h"
#include "ring/announcer.h"
#include "ring/span_ring.h"

namespace cero::core {

class TicketQueue final : public Announcer {
 public:
  TicketQueue();
  ~TicketQueue();

  // In a forked child, before it has producers or a batch thread: an empty queue. The parent's is
  // left behind, since its threads may have been anywhere in it. Throws std::bad_alloc.
  void renew();

  // Producers: never waits, never allocates.
  void announce(SpanRing& ring, bool urgent) noexcept override;

  // Batch thread.
  size_t take(std::span<SpanRing*> tickets) noexcept;
  bool has_tickets() const noexcept;
  // Whether a ticket was lost since the last call.
  bool take_missed() noexcept;
  bool missed() const noexcept {
    return missed_.load(std::memory_order_relaxed);
  }  // a hint; F2 orders it before sleeping

  WakeWord& wake_word() noexcept { return wake_word_; }

 private:
  struct Queue;

  static std::unique_ptr<Queue> make_queue();
  bool try_enqueue(SpanRing& ring) noexcept;

  WakeWord wake_word_;
  std::atomic<bool> missed_{false};
  std::unique_ptr<Queue> queue_;
};

}  // namespace cero::core

#endif  // CERO_CORE_QUEUE_TICKET_QUEUE_H_
