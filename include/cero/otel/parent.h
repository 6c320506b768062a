// Whose child a new span is, by the options and the context of the API.
#ifndef CERO_OTEL_PARENT_H_
#define CERO_OTEL_PARENT_H_

#include <opentelemetry/context/context.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/span_startoptions.h>

#include "cero/otel/span.h"

namespace cero::otel {

// Of the span in a context; invalid when there is none.
inline SpanContext context_of(const api::context::Context& context) noexcept {
  using SpanPointer = api::nostd::shared_ptr<api::trace::Span>;
  const api::context::ContextValue value = context.GetValue(api::trace::kSpanKey);
  const auto* span = api::nostd::get_if<SpanPointer>(&value);
  return span == nullptr || *span == nullptr ? SpanContext() : context_of(**span);
}

inline bool asks_for_root(const api::context::Context& context) noexcept {
  const api::context::ContextValue value = context.GetValue(api::trace::kIsRootSpanKey);
  const auto* is_root = api::nostd::get_if<bool>(&value);
  return is_root != nullptr && *is_root;
}

// In the order in which the SDK looks: a valid span context, a context's span, a context's wish for
// a root, the span that is current for the API. After these the one that is current for cero.
class ParentOf {
 public:
  explicit ParentOf(const api::trace::StartSpanOptions& options) noexcept {
    if (const auto* given = api::nostd::get_if<api::trace::SpanContext>(&options.parent)) {
      if (given->IsValid()) context_ = to_cero(*given);
    } else if (const auto* context = api::nostd::get_if<api::context::Context>(&options.parent)) {
      context_ = context_of(*context);
      is_root_ = !context_.valid() && asks_for_root(*context);
    }
    if (!context_.valid() && !is_root_)
      context_ = context_of(api::context::RuntimeContext::GetCurrent());
  }

  // A view of this object.
  Parent get() const noexcept {
    if (context_.valid()) return Parent(context_);
    return is_root_ ? Parent::none() : Parent();
  }

 private:
  SpanContext context_;
  bool is_root_ = false;
};

}  // namespace cero::otel

#endif  // CERO_OTEL_PARENT_H_
