#include "export/size_limit.h"

#include <algorithm>

namespace cero::core {

void SizeLimit::Bounds::refused(uint64_t bytes) noexcept {
  refused_min = std::min(refused_min, std::max(bytes, kBytesMin));
  if (taken_max >= refused_min) taken_max = 0;  // the limit was lowered
}

void SizeLimit::Bounds::taken(uint64_t bytes) noexcept {
  taken_max = std::max(taken_max, bytes);
  if (taken_max >= refused_min) refused_min = kNone;
}

uint64_t SizeLimit::Bounds::target() const noexcept { return std::max(taken_max, refused_min / 2); }

void SizeLimit::refused(const RequestSize& size, TimePoint now) noexcept {
  wire_.refused(size.wire_bytes);
  body_.refused(size.body_bytes);
  body_per_wire_ = static_cast<double>(size.body_bytes) /
                   static_cast<double>(std::max<uint64_t>(size.wire_bytes, 1));
  trusted_until_ = now + kTrust;
}

void SizeLimit::taken(const RequestSize& size) noexcept {
  wire_.taken(size.wire_bytes);
  body_.taken(size.body_bytes);
}

bool SizeLimit::fits(const RequestSize& size, TimePoint now) noexcept {
  if (now >= trusted_until_) {
    for (Bounds* bounds : {&wire_, &body_}) {
      const bool ends = bounds->refused_min > kBytesMax / 2;
      bounds->refused_min = ends ? Bounds::kNone : 2 * bounds->refused_min;
    }
    trusted_until_ = now + kTrust;
  }
  return wire_.fits(size.wire_bytes) && body_.fits(size.body_bytes);
}

uint32_t SizeLimit::body_bytes_max() const noexcept {
  auto bytes = static_cast<double>(UINT32_MAX);
  if (body_.known()) bytes = std::min(bytes, static_cast<double>(body_.target()));
  if (wire_.known()) bytes = std::min(bytes, static_cast<double>(wire_.target()) * body_per_wire_);
  return static_cast<uint32_t>(bytes);
}

}  // namespace cero::core
