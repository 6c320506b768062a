#include "compress/gzip_engines.h"

#include "base/assert.h"
#include "compress/isal_compressor.h"

namespace cero::core {
namespace {

// Those between gain a few percent for most of the time of 6, those above 1 % for three times it.
constexpr int kIdleLevel = 6;
constexpr int kNormalLevel = 1;

}  // namespace

GzipEngines::GzipEngines(std::optional<int> fixed_level, TimePoint now)
    : normal_(fixed_level.value_or(kNormalLevel)) {
  if (fixed_level) return;
  idle_.emplace(kIdleLevel);
  busy_ = make_isal_compressor();
  policy_.emplace(now, busy_ != nullptr);
}

void GzipEngines::waited(std::chrono::nanoseconds time) {
  if (policy_) policy_->waited(time);
}

Compressor* GzipEngines::took_body(TimePoint now, bool none_free) {
  if (!policy_) return &normal_;
  switch (policy_->took_body(now, none_free)) {
    case Load::idle:
      return &*idle_;
    case Load::normal:
      return &normal_;
    case Load::busy:
      CERO_ASSERT(busy_ != nullptr);
      return busy_.get();
    case Load::overrun:
      return nullptr;
  }
  return &normal_;
}

}  // namespace cero::core
