#include "receiver/counts.h"

#include <nlohmann/json.hpp>

namespace cero::receiver {

Counts& Counts::operator+=(const Counts& more) {
#define CERO_ADD(name, description) name += more.name;
  CERO_RECEIVER_COUNTERS(CERO_ADD)
#undef CERO_ADD
  for (const auto& [version, times] : more.http_versions) http_versions[version] += times;
  for (const auto& [action, times] : more.faults) faults[action] += times;
  return *this;
}

std::string to_json(const Counts& counts) {
  nlohmann::ordered_json object;
#define CERO_WRITE(name, description) object[#name] = counts.name;
  CERO_RECEIVER_COUNTERS(CERO_WRITE)
#undef CERO_WRITE
  object["http_versions"] = counts.http_versions;
  object["faults"] = counts.faults;
  return object.dump();
}

void SharedCounts::add(const Counts& more) {
  {
    const std::lock_guard lock(mutex_);
    counts_ += more;
  }
  changed_.notify_all();
}

Counts SharedCounts::snapshot() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool SharedCounts::wait_for_spans(uint64_t spans,
                                  std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return counts_.spans >= spans; });
}

bool SharedCounts::wait_for_requests(uint64_t requests,
                                     std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return counts_.requests >= requests; });
}

}  // namespace cero::receiver
