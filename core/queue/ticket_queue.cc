#include "queue/ticket_queue.h"

#include <concurrentqueue.h>

#include <vector>

#include "base/leak_check.h"

namespace cero::core {
namespace {

constexpr size_t kLaneCount = 16;
constexpr size_t kLanesTried = 4;
constexpr size_t kTicketsMax = 16384;

// Where this thread found a free lane last.
constinit thread_local size_t preferred_lane = 0;

}  // namespace

struct TicketQueue::Queue {
  struct alignas(kCacheLineBytes) Lane {
    explicit Lane(moodycamel::ConcurrentQueue<SpanRing*>& tickets) : token(tickets) {}
    std::atomic<bool> busy{false};
    moodycamel::ProducerToken token;
  };

  moodycamel::ConcurrentQueue<SpanRing*> tickets{kTicketsMax, kLaneCount, 0};
  moodycamel::ConsumerToken consumer{tickets};
  std::vector<std::unique_ptr<Lane>> lanes;
};

TicketQueue::TicketQueue() : queue_(make_queue()) {}

TicketQueue::~TicketQueue() = default;

std::unique_ptr<TicketQueue::Queue> TicketQueue::make_queue() {
  auto queue = std::make_unique<Queue>();
  for (size_t i = 0; i < kLaneCount; ++i)
    queue->lanes.push_back(std::make_unique<Queue::Lane>(queue->tickets));
  return queue;
}

void TicketQueue::renew() {
  auto queue = make_queue();
  leave_behind(queue_.release());
  queue_ = std::move(queue);
  missed_.store(false, std::memory_order_relaxed);  // no producer yet, nothing to publish
  wake_word_.begin_child();
}

bool TicketQueue::try_enqueue(SpanRing& ring) noexcept {
  for (size_t attempt = 0; attempt < kLanesTried; ++attempt) {
    const size_t index = (preferred_lane + attempt) % kLaneCount;
    Queue::Lane& lane = *queue_->lanes[index];
    if (lane.busy.exchange(true, std::memory_order_acquire)) continue;  // E1
    const bool queued = queue_->tickets.try_enqueue(lane.token, &ring);
    lane.busy.store(false, std::memory_order_release);  // E1
    if (queued) {
      preferred_lane = index;
      return true;
    }
  }
  ++preferred_lane;
  return false;
}

void TicketQueue::announce(SpanRing& ring, bool urgent) noexcept {
  if (!try_enqueue(ring)) missed_.exchange(true, std::memory_order_release);  // E2
  if (urgent) wake_word_.wake_for_work();
}

size_t TicketQueue::take(std::span<SpanRing*> tickets) noexcept {
  return queue_->tickets.try_dequeue_bulk(queue_->consumer, tickets.data(), tickets.size());
}

bool TicketQueue::has_tickets() const noexcept { return queue_->tickets.size_approx() != 0; }

bool TicketQueue::take_missed() noexcept {
  return missed_.load(std::memory_order_relaxed) &&
         missed_.exchange(false, std::memory_order_acquire);  // E2
}

}  // namespace cero::core
