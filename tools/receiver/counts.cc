#include "receiver/counts.h"

#include <nlohmann/json.hpp>

namespace cero::receiver {

std::string to_json(const Counts& counts) {
  nlohmann::ordered_json object;
  object["spans"] = counts.spans;
  object["unique_spans"] = counts.unique_spans;
  object["requests"] = counts.requests;
  object["bytes"] = counts.bytes;
  object["connections"] = counts.connections;
  object["http_versions"] = nlohmann::ordered_json::object();
  for (const auto& [version, requests] : counts.http_versions) {
    object["http_versions"][version] = requests;
  }
  object["refused_spans"] = counts.refused_spans;
  object["rejected_spans"] = counts.rejected_spans;
  object["unconfirmed_spans"] = counts.unconfirmed_spans;
  object["faults"] = nlohmann::ordered_json::object();
  for (const auto& [action, times] : counts.faults) object["faults"][action] = times;
  return object.dump();
}

void SharedCounts::add_connection() {
  const std::lock_guard lock(mutex_);
  ++counts_.connections;
}

void SharedCounts::add_request(const std::string& http_version, const RequestCounts& request) {
  {
    const std::lock_guard lock(mutex_);
    ++counts_.requests;
    ++counts_.http_versions[http_version];
    counts_.spans += request.spans;
    counts_.unique_spans = request.unique_spans;
    counts_.bytes += request.bytes;
    counts_.refused_spans += request.refused_spans;
    counts_.rejected_spans += request.rejected_spans;
    counts_.unconfirmed_spans += request.unconfirmed_spans;
  }
  changed_.notify_all();
}

void SharedCounts::add_unconfirmed(uint64_t spans) {
  const std::lock_guard lock(mutex_);
  counts_.unconfirmed_spans += spans;
}

void SharedCounts::add_fault(const std::string& action) {
  const std::lock_guard lock(mutex_);
  ++counts_.faults[action];
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
