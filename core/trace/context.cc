#include "cero/context.h"

#include <utility>

#include "trace/current_scope.h"

namespace cero {
namespace core {

constinit thread_local const Scope* current_scope = nullptr;

}  // namespace core

Scope::Scope(SpanContext context) noexcept
    : context_(std::move(context)), previous_(core::current_scope) {
  if (context_.valid()) core::current_scope = this;
}

Scope::~Scope() {
  if (core::current_scope == this) core::current_scope = previous_;
}

SpanContext current_context() noexcept {
  return core::current_scope == nullptr ? SpanContext{} : core::current_scope->context();
}

}  // namespace cero
