// The span that is current on a thread, and scopes that make one so [spec 2.3].
//
// Being current is about parents only: a span started without an explicit parent becomes the child
// of the current one.
#ifndef CERO_CONTEXT_H_
#define CERO_CONTEXT_H_

#include "cero/detail/tls_model.h"
#include "cero/export.h"
#include "cero/span.h"
#include "cero/span_context.h"

namespace cero {

class Scope;

namespace detail {
// The innermost scope of the calling thread; nullptr: no span is current.
CERO_API extern constinit thread_local const Scope* current_scope CERO_TLS_MODEL;
}  // namespace detail

// Makes a context current on this thread until the scope is destroyed. Scopes of a thread nest:
// destroy them in reverse order, on the thread that made them. A scope copies the context; it
// neither ends nor owns a span. An invalid context changes nothing.
class [[nodiscard]] CERO_API Scope {
 public:
  explicit Scope(const Span& span) noexcept : Scope(span.context()) {}
  explicit Scope(SpanContext context) noexcept;
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const SpanContext& context() const noexcept { return context_; }

 private:
  SpanContext context_;
  const Scope* previous_;
};

// The context that is current on this thread; invalid when there is none.
CERO_API SpanContext current_context() noexcept;

// A span that is current from its start until it is destroyed, which also ends it. Not movable: it
// belongs to its block.
class [[nodiscard]] ScopedSpan : public Span {
 public:
  explicit ScopedSpan(Span span) noexcept : Span(std::move(span)), scope_(*this) {}
  ScopedSpan(ScopedSpan&&) = delete;

 private:
  Scope scope_;
};

}  // namespace cero

#endif  // CERO_CONTEXT_H_
