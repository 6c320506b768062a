#include "batch/batch_stage.h"

#include <algorithm>
#include <array>
#include <new>

#include "base/ticks.h"

namespace cero::core {

bool BatchStage::try_unblock() {
  if (body_ == nullptr) body_ = exchange_.try_acquire();
  blocked_ = body_ == nullptr;
  return !blocked_;
}

bool BatchStage::drain_tickets() {
  constexpr size_t kTicketsAtOnce = 64;
  std::array<SpanRing*, kTicketsAtOnce> rings;
  const size_t count = tickets_.take(rings);
  for (size_t i = 0; i < count && !blocked_; ++i) drain(*rings[i], UINT64_MAX);
  // A sweep finds the rings of tickets that were taken and not served.
  if (blocked_) start_sweep();
  return !blocked_;
}

bool BatchStage::sweep() {
  const size_t count = rings_.size();
  while (sweep_left_ > 0) {
    if (sweep_next_ >= count) sweep_next_ = 0;
    SpanRing& ring = rings_.at(sweep_next_);
    if (!turn_end_) turn_end_ = ring.stream_end();
    drain(ring, *turn_end_);
    if (blocked_) return false;
    turn_end_.reset();
    ++sweep_next_;
    --sweep_left_;
  }
  return true;
}

void BatchStage::start_sweep() noexcept {
  sweep_left_ = rings_.size();
  turn_end_.reset();
}

void BatchStage::drain(SpanRing& ring, uint64_t stream_end) {
  const auto take_one = [this](const RecordHeader& record) { return take(record); };
  bytes_drained_ += ring.drain(take_one, stream_end);
  publish_counts();
}

bool BatchStage::take(const RecordHeader& record) {
  if (record.generation != settings_.generation) [[unlikely]] {
    lose(counters_.dropped.after_shutdown, 1);
    return true;
  }
  if (!builder_.has_room_for(record) && !close_batch()) return false;
  if (builder_.empty()) builder_.set_bytes_max(exchange_.body_bytes_max());
  const bool end_is_ticks = (record.marks & detail::kEndIsUnix) == 0;
  const uint64_t end_ticks = end_is_ticks ? record.end : read_ticks();
  oldest_end_ticks_ = builder_.empty() ? end_ticks : std::min(oldest_end_ticks_, end_ticks);
  try {
    if (!builder_.add(record, wall_time_)) lose(counters_.dropped.corrupt, 1);
  } catch (const std::bad_alloc&) {
    lose(counters_.dropped.no_memory, 1);
  }
  // Not when the next record comes: the queue may be full of this batch, and let none in. Blocked,
  // it is due from now on.
  if (builder_.full()) close_batch();
  return true;
}

bool BatchStage::close_batch() {
  if (builder_.empty()) return true;
  if (!try_unblock()) return false;
  try {
    builder_.close(body_);
  } catch (const std::bad_alloc&) {
    lose_open_batch(counters_.dropped.no_memory);
    return true;
  }
  body_->number = ++last_number_;
  publish_counts();  // first: a reading may miss spans that move, but not count them twice
  exchange_.submit(body_);
  body_ = nullptr;
  return true;
}

bool BatchStage::close_if_due(uint64_t now_ticks, std::chrono::nanoseconds next_pass) {
  return time_to_due(now_ticks) > next_pass || close_batch();
}

std::chrono::nanoseconds BatchStage::time_to_due(uint64_t now_ticks) const noexcept {
  if (builder_.empty()) return std::chrono::nanoseconds::max();
  // A machine that slept may have begun its ticks anew: what ended later than now is of before.
  if (builder_.full() || oldest_end_ticks_ > now_ticks) return std::chrono::nanoseconds::zero();
  const auto age = std::chrono::nanoseconds(wall_time_.age_ns(oldest_end_ticks_, now_ticks));
  return std::max(settings_.delay_max - age, std::chrono::nanoseconds::zero());
}

void BatchStage::discard() { lose_open_batch(counters_.dropped.after_shutdown); }

void BatchStage::lose_open_batch(SingleWriterCounter& reason) {
  const uint32_t spans = builder_.discard();
  publish_counts();  // first, as in close_batch()
  lose(reason, spans);
}

void BatchStage::lose(SingleWriterCounter& reason, uint32_t spans) {
  reason.add(spans);
  if (settings_.on_lost) settings_.on_lost(spans);
}

void BatchStage::publish_counts() {
  const RequestBuilder::Counts& counts = builder_.counts();
  counters_.in_flight.set(builder_.span_count());
  counters_.attributes_dropped.set(counts.attributes_dropped);
  counters_.events_dropped.set(counts.events_dropped);
  counters_.links_dropped.set(counts.links_dropped);
  counters_.negative_durations.set(counts.negative_durations);
}

}  // namespace cero::core
