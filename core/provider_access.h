// ProviderAccess: what TracerProvider's factories do, for an interface of its own words.
#ifndef CERO_CORE_PROVIDER_ACCESS_H_
#define CERO_CORE_PROVIDER_ACCESS_H_

#include "cero/tracer_provider.h"
#include "config/wording.h"

namespace cero::core {

class ProviderAccess {
 public:
  // TracerProvider::create; an error speaks of options in this wording. Throws std::bad_alloc.
  static Result<TracerProvider> create(Options options, const Wording& wording);
};

}  // namespace cero::core

#endif  // CERO_CORE_PROVIDER_ACCESS_H_
