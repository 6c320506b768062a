// Announcer: whom a ring tells that it has work. The ticket queue is one (queue/ticket_queue.h).
#ifndef CERO_CORE_RING_ANNOUNCER_H_
#define CERO_CORE_RING_ANNOUNCER_H_

namespace cero::core {

class SpanRing;

class Announcer {
 public:
  // By the ring's producer. `urgent`: so much is waiting that the batch thread should be woken if
  // it sleeps.
  virtual void announce(SpanRing& ring, bool urgent) noexcept = 0;

 protected:
  ~Announcer() = default;
};

}  // namespace cero::core

#endif  // CERO_CORE_RING_ANNOUNCER_H_
