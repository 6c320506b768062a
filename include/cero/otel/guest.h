// Not API: objects of the adapter that live in their span's own buffer, so that a span of the API
// costs no further block.
#ifndef CERO_OTEL_GUEST_H_
#define CERO_OTEL_GUEST_H_

#include <cstddef>

#include "cero/detail/span_access.h"

namespace cero::otel {

// For std::allocate_shared: one object and its count, in the buffer of one span. Giving it back
// gives the buffer back, so the span itself must have left it (SpanAccess::leave) by then.
template <typename T>
class GuestAllocator {
 public:
  using value_type = T;

  explicit GuestAllocator(detail::SpanBuffer& buffer) noexcept : buffer_(&buffer) {}
  template <typename Other>
  GuestAllocator(const GuestAllocator<Other>& other) noexcept : buffer_(other.buffer()) {}

  T* allocate(size_t) noexcept {
    static_assert(sizeof(T) <= detail::kGuestBytes && alignof(T) <= alignof(std::max_align_t));
    return reinterpret_cast<T*>(buffer_->guest.data());
  }
  void deallocate(T*, size_t) noexcept { detail::SpanAccess::release(*buffer_); }

  detail::SpanBuffer* buffer() const noexcept { return buffer_; }
  template <typename Other>
  friend bool operator==(const GuestAllocator& a, const GuestAllocator<Other>& b) noexcept {
    return a.buffer() == b.buffer();
  }

 private:
  detail::SpanBuffer* buffer_;
};

}  // namespace cero::otel

#endif  // CERO_OTEL_GUEST_H_
