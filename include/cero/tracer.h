// Tracer: starts the spans of one instrumentation scope.
//
// A small value: copy it freely, keep it in a static. Tracer{} starts spans that record nothing,
// and so does a tracer whose provider has been shut down or destroyed; such spans carry their
// parent's context on.
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
class TracerAccess;  // tests and benches of single stages have one
}

class CERO_API Tracer {
 public:
  Tracer() noexcept = default;

  Span start_span(std::string_view name) noexcept { return start_span(name, StartOptions{}); }
  Span start_span(std::string_view name, const StartOptions& options) noexcept {
    if (runtime_ == nullptr) [[unlikely]]
      return start_without_provider(options);
    return start_recording(name, options);
  }

  ScopedSpan start_as_current_span(std::string_view name) noexcept {
    return ScopedSpan(start_span(name, StartOptions{}));
  }
  ScopedSpan start_as_current_span(std::string_view name, const StartOptions& options) noexcept {
    return ScopedSpan(start_span(name, options));
  }

  // Whether spans may record at all: false without a live provider. Saves preparing what no span
  // would keep.
  bool enabled() const noexcept;

 private:
  friend class TracerProvider;
  friend class core::TracerAccess;
  Tracer(core::Runtime* runtime, const core::ScopeInfo* scope, uint32_t generation) noexcept
      : runtime_(runtime), scope_(scope), generation_(generation) {}

  static Span start_without_provider(const StartOptions& options) noexcept;
  Span start_recording(std::string_view name, const StartOptions& options) noexcept;

  core::Runtime* runtime_ = nullptr;
  const core::ScopeInfo* scope_ = nullptr;
  uint32_t generation_ = 0;
};

}  // namespace cero

#endif  // CERO_TRACER_H_
