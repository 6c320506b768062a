#include "export/overrun_policy.h"

#include <algorithm>
#include <utility>

#include "http/target.h"

namespace cero::core {
namespace {

bool all_are_on_this_machine(const Exporter& options) {
  return leads_to_this_machine(options.endpoint) &&
         std::all_of(
             options.more_endpoints.begin(), options.more_endpoints.end(),
             [](const cero::Endpoint& endpoint) { return leads_to_this_machine(endpoint.url); });
}

}  // namespace

bool may_go_uncompressed(const Exporter& options) {
  const bool engine_is_set =
      options.compression_level || options.gzip_engine != GzipEngine::automatic;
  if (options.compression != Compression::gzip || engine_is_set) return false;
  switch (options.uncompressed_when_overrun) {
    case UncompressedWhenOverrun::automatic:
      return all_are_on_this_machine(options);
    case UncompressedWhenOverrun::never:
      return false;
    case UncompressedWhenOverrun::always:
      return true;
  }
  return false;
}

bool OverrunPolicy::look(TimePoint now, std::chrono::nanoseconds cpu_time) {
  const auto elapsed = now - window_began_;
  if (elapsed < kWindow) return false;
  window_began_ = now;
  const uint64_t dropped_before = std::exchange(dropped_, spans_dropped_());
  const auto computed = cpu_time - std::exchange(cpu_time_, cpu_time);
  const bool loses = dropped_ > dropped_before && computed > elapsed * 3 / 4;
  const bool has_time = computed < elapsed / 3;
  if (!(overrun_ ? has_time : loses)) agreed_since_ = now;
  if (now - agreed_since_ < kPatience) return false;
  agreed_since_ = now;
  overrun_ = !overrun_;
  return true;
}

}  // namespace cero::core
