// Tracer: starts the spans of one instrumentation scope.
//
// A small value: copy it freely, keep it in a static. Tracer{} starts spans that record nothing,
// and so does a tracer whose provider has been shut down or destroyed; such spans carry their
// parent's context on. A tracer of the global get_tracer() then goes on with the default provider
// of the moment: see tracer_provider.h.
//
// Threads: every method from any thread.
#ifndef CERO_TRACER_H_
#define CERO_TRACER_H_

#include <cstdint>
#include <string_view>

#include "cero/context.h"
#include "cero/export.h"
#include "cero/span.h"

namespace cero {

namespace core {
class ProviderAccess;
class TracerAccess;  // tests and benches of single stages have one
}  // namespace core
class PreparedSpan;

class CERO_API Tracer {
 public:
  Tracer() noexcept = default;

  [[gnu::always_inline]] Span start_span(std::string_view name,
                                         const StartOptions& options = {}) const noexcept {
    if (runtime_ == nullptr) [[unlikely]]
      return Span(pass_on(options.parent));
    // The compiler knows the answer where the options are written in the call.
    if (options.has_only_kind_and_parent())
      return Span(start_plain(name, options.kind, options.parent));
    return Span(start_with(name, options));
  }
  [[gnu::always_inline]] ScopedSpan start_as_current_span(
      std::string_view name, const StartOptions& options = {}) const noexcept {
    return ScopedSpan(start_span(name, options));
  }

  // Encodes what all spans of a hot place share once: see prepared_span.h, which to include for it.
  PreparedSpan prepare(std::string_view name, const PrepareOptions& options = {}) const noexcept;

  // Whether spans may record at all, for now: false without a live provider. Saves preparing what
  // no span would keep.
  bool enabled() const noexcept;

 private:
  friend class PreparedSpan;
  friend class TracerProvider;
  friend class core::ProviderAccess;
  friend class core::TracerAccess;
  friend struct detail::SpanAccess;
  Tracer(core::Runtime* runtime, const core::ScopeInfo* scope, uint32_t generation) noexcept
      : runtime_(runtime), scope_(scope), generation_(generation) {}

  // Without a provider: a span that stands for its parent, where it has one.
  [[gnu::always_inline]] static detail::StartedSpan pass_on(const Parent& parent) noexcept {
    if (parent.is_none() || (parent.is_current() && detail::current_top == nullptr)) return {};
    return pass_on_slow(parent);
  }
  [[gnu::cold]] static detail::StartedSpan pass_on_slow(Parent parent) noexcept;
  detail::StartedSpan start_plain(std::string_view name, SpanKind kind,
                                  Parent parent) const noexcept;
  detail::StartedSpan start_plain_anyhow(std::string_view name, SpanKind kind,
                                         Parent parent) const noexcept;
  detail::StartedSpan start_with(std::string_view name, const StartOptions& options) const noexcept;

  // For one of the global get_tracer() whose own provider is over, or was never there: the tracer
  // of the default provider for now. Otherwise, or where none is set: Tracer{}.
  Tracer of_the_default() const noexcept;
  // Whether its own provider lives, or waits in a forked child for its first span.
  bool has_provider() const noexcept;

  core::Runtime* runtime_ = nullptr;
  const core::ScopeInfo* scope_ = nullptr;
  uint32_t generation_ = 0;
  bool follows_default_ = false;
};

}  // namespace cero

#endif  // CERO_TRACER_H_
