#include "export/settled_tracker.h"

#include <algorithm>

#include "base/assert.h"

namespace cero::core {

SettledTracker::Watch::Watch(SettledTracker& tracker) : tracker_(tracker) {
  const std::lock_guard lock(tracker_.mutex_);
  next_ = tracker_.watches_;
  tracker_.watches_ = this;
}

SettledTracker::Watch::~Watch() {
  const std::lock_guard lock(tracker_.mutex_);
  Watch** link = &tracker_.watches_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

FlushOutcome SettledTracker::Watch::wait(uint64_t number, TimePoint deadline) {
  std::unique_lock lock(tracker_.mutex_);
  const auto over = [&] { return tracker_.settled_through_ >= number || tracker_.closed_; };
  if (!tracker_.changed_.wait_until(lock, deadline, over)) return FlushOutcome::deadline_exceeded;
  if (tracker_.settled_through_ < number) return FlushOutcome::lost;
  return lowest_lost_ <= number ? FlushOutcome::lost : FlushOutcome::delivered;
}

void SettledTracker::settled(uint64_t number, bool lost, uint64_t settled_through) {
  {
    const std::lock_guard lock(mutex_);
    CERO_ASSERT(settled_through >= settled_through_);
    settled_through_ = settled_through;
    for (Watch* watch = watches_; lost && watch != nullptr; watch = watch->next_) {
      watch->lowest_lost_ = std::min(watch->lowest_lost_, number);
    }
  }
  changed_.notify_all();
}

void SettledTracker::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace cero::core
