#include "cero/context.h"

#include <utility>

#include "trace/current_stack.h"

namespace cero {

using core::CurrentStack;

Scope::Scope(SpanContext context) noexcept {
  if (!context.valid()) {
    place_ = {};
    return;
  }
  CurrentStack::push(std::move(context), &place_);
}

Scope::~Scope() {
  if (place_.entry != nullptr) CurrentStack::end(place_);
}

SpanContext current_context() noexcept {
  if (detail::current_top == nullptr) return {};
  const core::CurrentKept kept;
  const SpanContext* context = core::find_current();
  return context == nullptr ? SpanContext() : *context;
}

}  // namespace cero
