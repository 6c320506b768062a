#include "export/loss_notice.h"

#include <new>
#include <string>

#include "cero/stats.h"

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
        "catches up");
  } else if (losing_ && now - grew_at_ >= kQuietTime) {
    losing_ = false;
    say(LogTopic::rings_recovered, Severity::info, "rings have room again");
  }
}

void LossNotice::say(LogTopic topic, Severity severity, const char* what) noexcept try {
  log_.write(topic, severity,
             std::string(what) + "; spans dropped as " +
                 std::string(name_of(DropReason::ring_full)) +
                 " so far: " + std::to_string(count_));
} catch (const std::bad_alloc&) {
  // They are counted as well.
}

}  // namespace cero::core
