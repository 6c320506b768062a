// The span that is current on a thread, and scopes that make one so [spec 2.3].
//
// Being current is about parents only: a span started without an explicit parent becomes the child
// of the current one.
#ifndef CERO_CONTEXT_H_
#define CERO_CONTEXT_H_

#include <cstdint>

#include "cero/detail/tls_model.h"
#include "cero/export.h"
#include "cero/span.h"
#include "cero/span_context.h"

namespace cero {

namespace detail {
struct CurrentEntry;
// Where a scope's context is. The entry's memory is never freed; it is the scope's as long as it
// has the serial.
struct CurrentPlace {
  CurrentEntry* entry;  // null: the scope has changed nothing
  uint64_t serial;
  CurrentEntry* below;  // the entry's own: read from here it is there at once
};
// What the innermost scope of the calling thread made current; nullptr: nothing is.
CERO_API extern constinit thread_local CurrentEntry* current_top CERO_TLS_MODEL;
}  // namespace detail

// Makes a context current on this thread until the scope is destroyed. A scope copies the context;
// it neither ends nor owns a span.
//
// Order:   scopes of a thread nest: end them in reverse order on the thread that made them. One
//          that ends otherwise is current nowhere from then on; a debug build tells that once, on
//          stderr. What is current on a thread that exits is current nowhere either.
// Cost:    a few nanoseconds; a page, mapped for a thread's first one and for each 64th that nests.
// Loss:    an invalid context changes nothing. Nor does any scope where there is no memory, in
//          destructors that run after cero's own at the end of a thread, or, in a program that had
//          32 keys of pthread's before cero was loaded, on a thread that has not called
//          TracerProvider::get_tracer or prepare_thread.
// Signals: a handler's scopes end before it returns; inside the thread's first they do nothing.
class [[nodiscard]] CERO_API Scope {
 public:
  explicit Scope(const Span& span) noexcept : Scope(span.context()) {}
  explicit Scope(SpanContext context) noexcept;
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  detail::CurrentPlace place_;
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
