// Resource: what makes a provider's spans, complete and without duplicates [spec 2.8].
#ifndef CERO_CORE_TRACE_RESOURCE_H_
#define CERO_CORE_TRACE_RESOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cero/attribute.h"

namespace cero::core {

struct Resource {
  std::vector<OwnedAttribute> attributes;
  std::string schema_url;
};

// The attributes given, of equal keys the last one, before telemetry.sdk.* and service.name where
// they are not among them. A null service.name (an unset variable of the environment, most often)
// counts as none.
Resource make_resource(const std::vector<OwnedAttribute>& given, std::string schema_url,
                       std::string_view executable_name);

struct ProcessIds {
  int64_t own;
  int64_t parent;

  static ProcessIds of_this_process() noexcept;
};

// Where a resource has the ids of the process `then` (process.pid, process.parent_pid), those of
// `now` in their place.
void follow_process(Resource* resource, const ProcessIds& then, const ProcessIds& now);

// The file name of this process's program; "" when the system does not tell.
std::string executable_name();

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_RESOURCE_H_
