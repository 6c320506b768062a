#include "export/loss_notice.h"

#include <new>
#include <string>

namespace cero::core {

void LossNotice::look(TimePoint now) noexcept {
  if (!ring_full_count_ || now < next_look_) return;
  next_look_ = now + kLookInterval;
  const uint64_t count = ring_full_count_();
  if (count > count_) {
    count_ = count;
    grew_at_ = now;
    if (losing_) return;
    losing_ = true;
    say(LogTopic::rings_full, Severity::warning,
        "rings are full: the newest spans are dropped until the backend or the export thread "
        "catches up; spans dropped so far: ");
  } else if (losing_ && now - grew_at_ >= kQuietTime) {
    losing_ = false;
    say(LogTopic::rings_recovered, Severity::info,
        "rings have room again; spans dropped while they were full, in all: ");
  }
}

void LossNotice::say(LogTopic topic, Severity severity, const char* what) noexcept try {
  log_.write(topic, severity, what + std::to_string(count_));
} catch (const std::bad_alloc&) {
  // They are counted as well.
}

}  // namespace cero::core
