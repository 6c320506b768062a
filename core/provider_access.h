// ProviderAccess: what TracerProvider's factories do, for an interface of its own words, and what
// the default provider's functions need of it.
#ifndef CERO_CORE_PROVIDER_ACCESS_H_
#define CERO_CORE_PROVIDER_ACCESS_H_

#include "cero/tracer_provider.h"
#include "config/wording.h"

namespace cero::core {

class ProviderAccess {
 public:
  // TracerProvider::create; an error speaks of options in this wording. Throws std::bad_alloc.
  static Result<TracerProvider> create(Options options, const Wording& wording);

  // A tracer that follows the default provider, which is this one for now; nullptr: none.
  static Tracer following_tracer(TracerProvider* provider, std::string_view name,
                                 std::string_view version, std::string_view schema_url,
                                 Attributes attributes) noexcept;
  // Where tracers go that follow the default provider; nullptr: nowhere. One call at a time.
  static void let_tracers_follow(const TracerProvider* provider) noexcept;
};

}  // namespace cero::core

#endif  // CERO_CORE_PROVIDER_ACCESS_H_
