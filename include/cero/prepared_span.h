// PreparedSpan: the name, kind, attributes and links that all spans of a hot place share, encoded
// once.
//
//   static const cero::PreparedSpan get_item = tracer.prepare(
//       "GET /items/{id}", {.kind = cero::SpanKind::server,
//                           .attributes = {{"http.request.method", "GET"}}});
//   auto span = get_item.start();
//
// A span that starts from it is as if all of that had been set one by one at its start: a later
// set_attribute overwrites, update_name renames, limits count what was prepared, and what they
// dropped counts in every span. It may outlive its provider, as a Tracer may. Of a tracer that
// goes on with another provider its spans do too: what was prepared keeps the limits of the
// provider that was there then, or the default ones where none was, and what is set later has the
// other's.
//
// Threads: start from any.
// Cost:    prepare() allocates; start() copies the encoded bytes and takes no lock.
// Loss:    without memory for the bytes its spans record nothing, and are counted
//          (Stats::non_recording_no_memory).
#ifndef CERO_PREPARED_SPAN_H_
#define CERO_PREPARED_SPAN_H_

#include <memory>
#include <utility>

#include "cero/context.h"
#include "cero/export.h"
#include "cero/span.h"
#include "cero/tracer.h"

namespace cero {

class CERO_API PreparedSpan {
 public:
  // Starts spans that record nothing, as Tracer{} does.
  PreparedSpan() noexcept = default;

  [[gnu::always_inline]] Span start(const Parent& parent = {}) const noexcept {
    return Span(start_from_template(parent));
  }
  [[gnu::always_inline]] ScopedSpan start_as_current(const Parent& parent = {}) const noexcept {
    return ScopedSpan(start(parent));
  }

 private:
  friend class Tracer;
  struct Template;
  PreparedSpan(const Tracer& tracer, std::shared_ptr<const Template> bytes) noexcept
      : tracer_(tracer), template_(std::move(bytes)) {}
  detail::StartedSpan start_from_template(Parent parent) const noexcept;
  detail::StartedSpan start_anyhow(Parent parent) const noexcept;

  Tracer tracer_;
  std::shared_ptr<const Template> template_;  // null: there was no memory for it
};

}  // namespace cero

#endif  // CERO_PREPARED_SPAN_H_
