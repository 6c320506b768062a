// RetryQueue: the batches that were taken and are not settled, with the bytes they will be sent as.
//
//   add() ──> ready ──take──> in flight ──> remove()
//               ^                 │ delay_until()
//               └── due ── delayed┘
//
// Bound:  has_room() is false from bytes_max on, so that at most one body more is held; with a
//         lender, from what that lends beside it. Batches count with all that is kept for them, so
//         that many small ones are no way around it.
// Memory: a removed batch keeps its buffer for a later one, as long as all buffers together respect
//         the bound; in a steady state nothing is allocated.
// Order:  batches are added by rising number; oldest() is what a flush waits for. A batch that is
//         split becomes two with the same number.
#ifndef CERO_CORE_EXPORT_RETRY_QUEUE_H_
#define CERO_CORE_EXPORT_RETRY_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lender.h"
#include "http/transport.h"

namespace cero::core {

struct Batch {
  // Set by the sender.
  std::string bytes;  // the request's body as it is sent
  ContentEncoding encoding = ContentEncoding::identity;
  uint32_t span_count = 0;
  uint64_t number = 0;
  uint64_t token = 0;       // the transport's; of one batch alone, as the number is not
  uint32_t body_bytes = 0;  // before compression
  uint32_t failure_count = 0;
  uint32_t attempt_count = 0;
  uint32_t slow_upload_count = 0;  // attempts that ran out of time while bytes moved
  size_t endpoint = 0;             // of the attempt under way
  bool probe = false;              // it began during the endpoint's outage
  bool is_half = false;            // of a batch that was split
  TimePoint started{};             // the attempt
  uint32_t failed_at = 0;          // an EndpointSet: in this turn, before it waits
  // It failed, others were taken, and it failed again: so for refused_time so far.
  bool own_fault = false;
  std::chrono::nanoseconds refused_time{0};
  // Endpoints' clock and count of answers at the last failure.
  std::chrono::nanoseconds healthy_time_at_failure{0};
  uint64_t answers_at_failure = 0;

  // The queue's own.
  enum class Place { spare, ready, delayed, in_flight };
  Place place = Place::spare;
  TimePoint due{};         // while delayed
  Batch* older = nullptr;  // all batches by number
  Batch* newer = nullptr;
  Batch* next = nullptr;      // in the ready list or among the spare
  Batch* previous = nullptr;  // in the ready list
};

// Which batch should be sent next.
enum class Pick {
  due,    // one whose delay is over, else the first ready one
  fresh,  // the first ready one, else one whose delay is over
  // In an outage, where delays mean nothing: the last ready one, which is the likeliest to be
  // taken, since what was before it has failed; but halves first, so that there are few. Else the
  // one whose delay ends first, so that every batch has its turn; one that fails by its own fault
  // only when there is no other.
  probe,
};

class RetryQueue {
 public:
  // What a batch costs beside its bytes: itself, its place among the delayed, the heap's headers.
  static constexpr uint64_t kBatchBytes = sizeof(Batch) + 2 * sizeof(void*) + 32;

  // `lender`: outlives it; nullptr: none.
  RetryQueue(uint64_t bytes_max, size_t spare_count_max, Lender* lender = nullptr);
  ~RetryQueue();
  RetryQueue(const RetryQueue&) = delete;
  RetryQueue& operator=(const RetryQueue&) = delete;

  bool has_room() noexcept;
  bool empty() const { return oldest_ == nullptr; }
  size_t count() const { return count_; }
  uint64_t bytes_held() const { return bytes_held_; }
  // Precondition: !empty().
  Batch& oldest() const { return *oldest_; }

  // A batch to be filled, then added or given back. Throws std::bad_alloc.
  std::unique_ptr<Batch> make();
  void give_back(std::unique_ptr<Batch> batch);
  // At the end of the ready list. Throws std::bad_alloc, and then the batch is gone.
  void add(std::unique_ptr<Batch> batch);

  // In flight from then on; nullptr: there is none.
  Batch* take(TimePoint now, Pick pick);
  // When take() will find something; nullopt: nothing is ready or delayed.
  std::optional<TimePoint> next_due(bool outage) const;
  bool any_ready() const { return ready_first_ != nullptr; }
  // Of the delayed batches that fail by their own fault the one that has for the longest time, in
  // flight from then on; nullptr: there is none.
  Batch* take_worst();

  // Exchanges the batch's bytes, with their memory. The batch is in flight.
  void swap_bytes(Batch& batch, std::string& bytes);
  // The other half of a batch that is in flight: of the same number, first among the ready. Throws
  // std::bad_alloc, and then the half is gone.
  void add_half(Batch& batch, std::unique_ptr<Batch> half);

  // From in flight.
  void make_next(Batch& batch);  // the first among the ready
  void delay_until(Batch& batch, TimePoint due);
  void remove(Batch& batch);
  // All of them, wherever they are.
  void clear();

  // All batches are due now.
  void end_delays(TimePoint now);

 private:
  static bool later(const Batch* left, const Batch* right) { return left->due > right->due; }
  void reserve_delayed();
  void push_ready(Batch* batch);
  void push_ready_front(Batch* batch);
  Batch* pop_ready(Batch* batch);
  Batch* pop_due();
  Batch* pop_probe();
  Batch* pop_delayed(size_t index);
  void unlink(Batch& batch);
  void keep_spare(std::unique_ptr<Batch> batch);
  void drop_spares_over_budget();
  uint64_t bytes_granted() const { return bytes_max_ + bytes_borrowed_; }
  void repay_down_to(uint64_t bytes) noexcept;

  const uint64_t bytes_max_;
  const size_t spare_count_max_;
  Lender* const lender_;
  uint64_t bytes_borrowed_ = 0;
  uint64_t bytes_held_ = 0;  // of all batches that were added
  uint64_t bytes_spare_ = 0;
  size_t count_ = 0;
  size_t spare_count_ = 0;
  Batch* oldest_ = nullptr;
  Batch* newest_ = nullptr;
  Batch* ready_first_ = nullptr;
  Batch* ready_last_ = nullptr;
  Batch* spare_ = nullptr;
  std::vector<Batch*> delayed_;  // a heap, the earliest on top; room for all that were added
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_RETRY_QUEUE_H_
