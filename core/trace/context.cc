#include "cero/context.h"

#include <utility>

namespace cero {
namespace detail {

constinit thread_local const Scope* current_scope CERO_TLS_MODEL = nullptr;

}  // namespace detail

Scope::Scope(SpanContext context) noexcept
    : context_(std::move(context)), previous_(detail::current_scope) {
  if (context_.valid()) detail::current_scope = this;
}

Scope::~Scope() {
  if (detail::current_scope == this) detail::current_scope = previous_;
}

SpanContext current_context() noexcept {
  return detail::current_scope == nullptr ? SpanContext{} : detail::current_scope->context();
}

}  // namespace cero
