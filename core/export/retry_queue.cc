#include "export/retry_queue.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace cero::core {
namespace {

// A multiple of the steps in which rings charge the same memory.
constexpr uint64_t kLoanStep = uint64_t{256} << 10;

uint64_t cost(const Batch& batch) { return RetryQueue::kBatchBytes + batch.bytes.capacity(); }

}  // namespace

RetryQueue::RetryQueue(uint64_t bytes_max, size_t spare_count_max, Lender* lender)
    : bytes_max_(bytes_max), spare_count_max_(spare_count_max), lender_(lender) {}

RetryQueue::~RetryQueue() {
  clear();
  while (spare_ != nullptr) make();
  repay_down_to(0);
}

bool RetryQueue::has_room() noexcept {
  while (bytes_held_ >= bytes_granted()) {
    if (lender_ == nullptr || !lender_->try_lend(kLoanStep)) return false;
    bytes_borrowed_ += kLoanStep;
  }
  return true;
}

// Keeps as many steps as `bytes` need.
void RetryQueue::repay_down_to(uint64_t bytes) noexcept {
  while (bytes_borrowed_ >= bytes + kLoanStep) {
    bytes_borrowed_ -= kLoanStep;
    lender_->take_back(kLoanStep);
  }
}

std::unique_ptr<Batch> RetryQueue::make() {
  if (spare_ == nullptr) return std::make_unique<Batch>();
  std::unique_ptr<Batch> batch(spare_);
  spare_ = batch->next;
  batch->next = nullptr;
  --spare_count_;
  bytes_spare_ -= cost(*batch);
  return batch;
}

void RetryQueue::give_back(std::unique_ptr<Batch> batch) { keep_spare(std::move(batch)); }

void RetryQueue::add(std::unique_ptr<Batch> owned) {
  CERO_ASSERT(owned->place == Batch::Place::spare && owned->span_count > 0);
  CERO_ASSERT(newest_ == nullptr || newest_->number < owned->number);
  reserve_delayed();
  Batch* batch = owned.release();
  batch->older = newest_;
  (newest_ == nullptr ? oldest_ : newest_->newer) = batch;
  newest_ = batch;
  ++count_;
  bytes_held_ += cost(*batch);
  push_ready(batch);
  drop_spares_over_budget();
}

void RetryQueue::add_half(Batch& batch, std::unique_ptr<Batch> owned) {
  CERO_ASSERT(batch.place == Batch::Place::in_flight && batch.number == owned->number);
  reserve_delayed();
  Batch* half = owned.release();
  half->is_half = batch.is_half = true;
  half->older = &batch;
  half->newer = batch.newer;
  (batch.newer == nullptr ? newest_ : batch.newer->older) = half;
  batch.newer = half;
  ++count_;
  bytes_held_ += cost(*half);
  push_ready_front(half);
  drop_spares_over_budget();
}

// So that delay_until() cannot fail.
void RetryQueue::reserve_delayed() {
  if (delayed_.capacity() <= count_) delayed_.reserve(2 * count_ + 16);
}

Batch* RetryQueue::take(TimePoint now, Pick pick) {
  const bool any_due = !delayed_.empty() && delayed_.front()->due <= now;
  Batch* batch = nullptr;
  if (pick == Pick::probe) {
    batch = pop_probe();
  } else if (any_due && (pick == Pick::due || !any_ready())) {
    batch = pop_due();
  } else if (any_ready()) {
    batch = pop_ready(ready_first_);
  }
  if (batch != nullptr) batch->place = Batch::Place::in_flight;
  return batch;
}

Batch* RetryQueue::take_worst() {
  const auto better = [](const Batch* left, const Batch* right) {
    if (left->own_fault != right->own_fault) return right->own_fault;
    return left->refused_time < right->refused_time;
  };
  const auto worst = std::max_element(delayed_.begin(), delayed_.end(), better);
  if (worst == delayed_.end() || !(*worst)->own_fault) return nullptr;
  Batch* batch = pop_delayed(static_cast<size_t>(worst - delayed_.begin()));
  batch->place = Batch::Place::in_flight;
  return batch;
}

std::optional<TimePoint> RetryQueue::next_due(bool outage) const {
  if (ready_first_ != nullptr) return TimePoint{};
  if (delayed_.empty()) return std::nullopt;
  return outage ? TimePoint{} : delayed_.front()->due;
}

void RetryQueue::swap_bytes(Batch& batch, std::string& bytes) {
  CERO_ASSERT(batch.place == Batch::Place::in_flight);
  bytes_held_ -= cost(batch);
  std::swap(batch.bytes, bytes);
  bytes_held_ += cost(batch);
  drop_spares_over_budget();
}

void RetryQueue::make_next(Batch& batch) {
  CERO_ASSERT(batch.place == Batch::Place::in_flight);
  push_ready_front(&batch);
}

void RetryQueue::delay_until(Batch& batch, TimePoint due) {
  CERO_ASSERT(batch.place == Batch::Place::in_flight);
  CERO_ASSERT(delayed_.size() < delayed_.capacity());
  batch.place = Batch::Place::delayed;
  batch.due = due;
  delayed_.push_back(&batch);
  std::push_heap(delayed_.begin(), delayed_.end(), later);
}

void RetryQueue::remove(Batch& batch) {
  CERO_ASSERT(batch.place == Batch::Place::in_flight);
  unlink(batch);
  keep_spare(std::unique_ptr<Batch>(&batch));
  // A step more than it needs, so that one at its bound does not borrow and repay with each batch.
  repay_down_to(bytes_held_ > bytes_max_ ? bytes_held_ - bytes_max_ + kLoanStep : kLoanStep);
  drop_spares_over_budget();
}

void RetryQueue::clear() {
  ready_first_ = ready_last_ = nullptr;
  delayed_.clear();
  while (oldest_ != nullptr) {
    const std::unique_ptr<Batch> batch(oldest_);
    unlink(*batch);
  }
}

void RetryQueue::end_delays(TimePoint now) {
  for (Batch* batch : delayed_) batch->due = std::min(batch->due, now);
  std::make_heap(delayed_.begin(), delayed_.end(), later);
}

void RetryQueue::push_ready(Batch* batch) {
  batch->place = Batch::Place::ready;
  batch->next = nullptr;
  batch->previous = ready_last_;
  (ready_first_ == nullptr ? ready_first_ : ready_last_->next) = batch;
  ready_last_ = batch;
}

void RetryQueue::push_ready_front(Batch* batch) {
  batch->place = Batch::Place::ready;
  batch->next = ready_first_;
  batch->previous = nullptr;
  (ready_first_ == nullptr ? ready_last_ : ready_first_->previous) = batch;
  ready_first_ = batch;
}

Batch* RetryQueue::pop_ready(Batch* batch) {
  CERO_ASSERT(batch->place == Batch::Place::ready);
  (batch->previous == nullptr ? ready_first_ : batch->previous->next) = batch->next;
  (batch->next == nullptr ? ready_last_ : batch->next->previous) = batch->previous;
  batch->next = batch->previous = nullptr;
  return batch;
}

Batch* RetryQueue::pop_due() {
  std::pop_heap(delayed_.begin(), delayed_.end(), later);
  Batch* batch = delayed_.back();
  delayed_.pop_back();
  return batch;
}

// Goes over all that wait: once for each probe.
Batch* RetryQueue::pop_probe() {
  if (any_ready()) return pop_ready(ready_first_->is_half ? ready_first_ : ready_last_);
  const auto best =
      std::min_element(delayed_.begin(), delayed_.end(), [](const Batch* left, const Batch* right) {
        if (left->own_fault != right->own_fault) return right->own_fault;
        return left->due < right->due;
      });
  return best == delayed_.end() ? nullptr
                                : pop_delayed(static_cast<size_t>(best - delayed_.begin()));
}

Batch* RetryQueue::pop_delayed(size_t index) {
  Batch* batch = delayed_[index];
  CERO_ASSERT(batch->place == Batch::Place::delayed);
  delayed_[index] = delayed_.back();
  delayed_.pop_back();
  std::make_heap(delayed_.begin(), delayed_.end(), later);
  return batch;
}

void RetryQueue::unlink(Batch& batch) {
  (batch.older == nullptr ? oldest_ : batch.older->newer) = batch.newer;
  (batch.newer == nullptr ? newest_ : batch.newer->older) = batch.older;
  batch.older = batch.newer = nullptr;
  CERO_ASSERT(count_ > 0 && bytes_held_ >= cost(batch));
  --count_;
  bytes_held_ -= cost(batch);
}

void RetryQueue::keep_spare(std::unique_ptr<Batch> batch) {
  if (spare_count_ == spare_count_max_) return;
  std::string bytes = std::move(batch->bytes);  // all else starts anew
  *batch = Batch{};
  batch->bytes = std::move(bytes);
  batch->next = spare_;
  bytes_spare_ += cost(*batch);
  ++spare_count_;
  spare_ = batch.release();
  drop_spares_over_budget();
}

void RetryQueue::drop_spares_over_budget() {
  while (spare_ != nullptr && bytes_held_ + bytes_spare_ > bytes_granted()) make();
}

}  // namespace cero::core
