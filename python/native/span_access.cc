#include "span_access.h"

namespace cero::python {
namespace {

// An explicit instantiation may name private members [temp.spec.general]: the way in that leaves
// the public header ignorant of this extension.
struct Buffer {
  using Type = detail::SpanBuffer* Span::*;
  friend constexpr Type member_of(Buffer);
};
struct Recording {
  using Type = detail::SpanBuffer* Span::*;
  friend constexpr Type member_of(Recording);
};

template <typename Name, typename Name::Type kMember>
struct Reach {
  friend constexpr typename Name::Type member_of(Name) { return kMember; }
};
template struct Reach<Buffer, &Span::buffer_>;
template struct Reach<Recording, &Span::recording_>;

}  // namespace

detail::SpanBuffer* buffer_of(const Span& span) noexcept { return span.*member_of(Buffer()); }

void abandon(Span& span) noexcept { span.*member_of(Recording()) = nullptr; }

}  // namespace cero::python
