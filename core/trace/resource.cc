#include "trace/resource.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "cero/version.h"

namespace cero::core {
namespace {

using Attributes = std::vector<OwnedAttribute>;

Attributes::iterator find(Attributes& attributes, std::string_view key) {
  return std::find_if(attributes.begin(), attributes.end(),
                      [&](const OwnedAttribute& attribute) { return attribute.key == key; });
}

void set(Attributes& attributes, const OwnedAttribute& attribute) {
  const auto found = find(attributes, attribute.key);
  if (found == attributes.end()) {
    attributes.push_back(attribute);
  } else {
    found->value = attribute.value;
  }
}

void set_if_missing(Attributes& attributes, OwnedAttribute attribute) {
  if (find(attributes, attribute.key) == attributes.end()) {
    attributes.push_back(std::move(attribute));
  }
}

bool is_null(const OwnedValue& value) {
  return std::holds_alternative<std::monostate>(value.variant());
}

std::string fallback_service_name(std::string_view executable) {
  std::string name = "unknown_service";
  if (!executable.empty()) name.append(":").append(executable);
  return name;
}

}  // namespace

Resource make_resource(const std::vector<OwnedAttribute>& given, std::string schema_url,
                       std::string_view executable_name) {
  Resource resource{{}, std::move(schema_url)};
  for (const OwnedAttribute& attribute : given) {
    CERO_ASSERT(!attribute.key.empty());
    if (attribute.key == "service.name" && is_null(attribute.value)) continue;
    set(resource.attributes, attribute);
  }
  set_if_missing(resource.attributes, {"service.name", fallback_service_name(executable_name)});
  set_if_missing(resource.attributes, {"telemetry.sdk.name", "cero"});
  set_if_missing(resource.attributes, {"telemetry.sdk.language", "cpp"});
  set_if_missing(resource.attributes, {"telemetry.sdk.version", CERO_VERSION});
  return resource;
}

ProcessIds ProcessIds::of_this_process() noexcept { return {.own = getpid(), .parent = getppid()}; }

void follow_process(Resource* resource, const ProcessIds& then, const ProcessIds& now) {
  const auto follow = [&](std::string_view key, int64_t id_then, int64_t id_now) {
    const auto found = find(resource->attributes, key);
    if (found == resource->attributes.end()) return;
    const auto* id = std::get_if<int64_t>(&found->value.variant());
    if (id != nullptr && *id == id_then) found->value = OwnedValue(id_now);
  };
  follow("process.pid", then.own, now.own);
  follow("process.parent_pid", then.parent, now.parent);
}

std::string executable_name() {
  std::array<char, 4096> path;  // PATH_MAX; a longer one is cut, which only shortens a fallback
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return {};
  std::string_view text(path.data(), static_cast<size_t>(length));
  // The kernel appends this when the file was replaced while it runs, as upgrades do.
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
  return std::string(text.substr(text.rfind('/') + 1));
}

}  // namespace cero::core
