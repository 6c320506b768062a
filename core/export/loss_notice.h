// LossNotice: says that spans are being dropped before they come here, and that it has stopped.
//
// Threads that record only count, and cero-batch must not be held up in a handler of the host: a
// shutdown waits for it. So the export thread looks, between its rounds.
//
//   quiet ── the count grows: said once ──> losing
//     ^──── not for kQuietTime: said once ────┘
#ifndef CERO_CORE_EXPORT_LOSS_NOTICE_H_
#define CERO_CORE_EXPORT_LOSS_NOTICE_H_

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/log.h"

namespace cero::core {

class LossNotice {
 public:
  static constexpr std::chrono::milliseconds kLookInterval{100};
  static constexpr std::chrono::seconds kQuietTime{10};

  // `ring_full_count` only grows; empty: there is nothing to look at.
  LossNotice(std::function<uint64_t()> ring_full_count, Log& log)
      : ring_full_count_(std::move(ring_full_count)), log_(log) {}

  // As often as one likes: what costs something happens once in kLookInterval.
  void look(TimePoint now) noexcept;

 private:
  void say(LogTopic topic, Severity severity, const char* what) noexcept;

  const std::function<uint64_t()> ring_full_count_;
  Log& log_;
  uint64_t count_ = 0;  // at the last look
  bool losing_ = false;
  TimePoint grew_at_{};
  TimePoint next_look_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_LOSS_NOTICE_H_
