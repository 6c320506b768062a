// BodyLimit: how large a body may be before compression, so that what is sent of it stays within a
// window.
//
// From the worst compression of late: a worse one counts at once, a better one bit by bit. The
// first bodies are taken not to compress at all. What is over the window all the same (spans that
// suddenly compress worse, or one span that alone is over it) is sent as it is.
#ifndef CERO_CORE_EXPORT_BODY_LIMIT_H_
#define CERO_CORE_EXPORT_BODY_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace cero::core {

class BodyLimit {
 public:
  // Without a window there is no limit.
  explicit BodyLimit(std::optional<uint32_t> window_bytes) : window_bytes_(window_bytes) {}

  // Of a body of `bytes`, `wire_bytes` will be sent.
  void packed(size_t bytes, size_t wire_bytes) noexcept;
  // HTTP/1.1 has no windows.
  void answered(int http_major) noexcept { has_windows_ = http_major != 1; }

  bool active() const noexcept { return window_bytes_ && has_windows_; }
  // Whether it mattered: a body was about as large as it could be.
  bool has_bitten() const noexcept { return active() && has_bitten_; }
  // UINT32_MAX when there is no limit.
  uint32_t bytes_max() const noexcept;

 private:
  const std::optional<uint32_t> window_bytes_;
  bool has_windows_ = true;
  bool has_bitten_ = false;
  double wire_share_ = 1;  // of a body's bytes
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_BODY_LIMIT_H_
