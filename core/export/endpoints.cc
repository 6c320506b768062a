#include "export/endpoints.h"

#include <algorithm>

#include "base/assert.h"
#include "base/secrets.h"

namespace cero::core {
namespace {

std::string name_of(size_t index, size_t count, std::string_view url, std::string_view variable) {
  std::string name = count == 1 ? "the backend" : "backend " + std::to_string(index + 1);
  name.append(" at ").append(without_secrets(url));
  if (index == 0 && !variable.empty()) name.append(" (").append(variable).append(")");
  return name;
}

// SplitMix64's mix. minstd_rand gives nearly equal first numbers for neighbouring seeds.
uint32_t seed_of(size_t index, uint32_t seed) {
  uint64_t mixed = (uint64_t{seed} << 32 | index) + 0x9e37'79b9'7f4a'7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58'476d'1ce4'e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11eb;
  return static_cast<uint32_t>(mixed ^ mixed >> 31);
}

}  // namespace

Endpoints::Endpoints(const Exporter& options, ExportCounters& counters, uint32_t seed,
                     TimePoint now, std::string_view variable)
    : round_robin_(options.endpoint_policy == EndpointPolicy::round_robin),
      in_flight_max_(options.requests_in_flight_max),
      counters_(counters),
      healthy_since_(now) {
  const size_t count = 1 + options.more_endpoints.size();
  CERO_ASSERT(count <= Stats::kEndpointsMax);
  all_.reserve(count);
  const RetryPolicy policy{options.retry_delay_initial, options.retry_delay_max};
  for (size_t i = 0; i < count; ++i) {
    // Each has a generator of its own, or they would be probed together.
    const std::string& url = i == 0 ? options.endpoint : options.more_endpoints[i - 1].url;
    all_.push_back({.index = i,
                    .url = url,
                    .name = name_of(i, count, url, variable),
                    .health = EndpointHealth(policy, seed_of(i, seed))});
    counters_.endpoints[i].healthy.set(1);
  }
  counters_.endpoint_count.set(count);
  healthy_count_ = count;
}

EndpointState* Endpoints::choose(TimePoint now, EndpointSet but) {
  for (size_t step = 0; step < all_.size(); ++step) {
    const EndpointState& endpoint = in_turn(step);
    if ((but & endpoint.bit()) != 0) continue;
    if (has_place(endpoint) && endpoint.health.opens_at() <= now) return &all_[endpoint.index];
    if (holds_traffic(endpoint, now)) return nullptr;
  }
  return nullptr;
}

TimePoint Endpoints::opens_at(TimePoint now) const {
  TimePoint earliest = TimePoint::max();
  for (size_t step = 0; step < all_.size(); ++step) {
    const EndpointState& endpoint = in_turn(step);
    if (has_place(endpoint)) earliest = std::min(earliest, endpoint.health.opens_at());
    if (holds_traffic(endpoint, now)) break;
  }
  return earliest;
}

bool Endpoints::has_place(const EndpointState& endpoint) const {
  return endpoint.in_flight < in_flight_max_ &&
         (endpoint.health.healthy() || !endpoint.probe_in_flight);
}

bool Endpoints::holds_traffic(const EndpointState& endpoint, TimePoint now) const {
  return !round_robin_ && endpoint.health.healthy() && endpoint.health.opens_at() <= now;
}

bool Endpoints::any_open(TimePoint now, EndpointSet but) const {
  return std::any_of(all_.begin(), all_.end(), [&](const EndpointState& endpoint) {
    return (but & endpoint.bit()) == 0 && endpoint.health.opens_at() <= now && has_place(endpoint);
  });
}

bool Endpoints::any_healthy(EndpointSet endpoints) const {
  return std::any_of(all_.begin(), all_.end(), [&](const EndpointState& endpoint) {
    return (endpoints & endpoint.bit()) != 0 && endpoint.health.healthy();
  });
}

std::chrono::nanoseconds Endpoints::healthy_time(TimePoint now) const {
  return healthy_before_ + (outage() ? std::chrono::nanoseconds{0} : now - healthy_since_);
}

bool Endpoints::takes_zstd() const {
  const auto refuses = [](const EndpointState& endpoint) { return endpoint.refuses_zstd; };
  if (round_robin_) return std::none_of(all_.begin(), all_.end(), refuses);
  return !refuses(in_use());
}

uint32_t Endpoints::body_bytes_max() const {
  if (!round_robin_) return in_use().size_limit.body_bytes_max();
  uint32_t bytes = UINT32_MAX;
  for (const EndpointState& endpoint : all_)
    bytes = std::min(bytes, endpoint.size_limit.body_bytes_max());
  return bytes;
}

const EndpointState& Endpoints::in_use() const {
  const auto healthy = std::find_if(all_.begin(), all_.end(), [](const EndpointState& endpoint) {
    return endpoint.health.healthy();
  });
  return healthy == all_.end() ? all_.front() : *healthy;
}

void Endpoints::started(EndpointState& endpoint, bool probe) {
  ++endpoint.in_flight;
  endpoint.probe_in_flight |= probe;
  if (round_robin_) next_ = (endpoint.index + 1) % all_.size();
  counters_.endpoints[endpoint.index].requests.add(1);
}

void Endpoints::ended(EndpointState& endpoint, bool probe) {
  CERO_ASSERT(endpoint.in_flight > 0);
  --endpoint.in_flight;
  if (probe) endpoint.probe_in_flight = false;
}

std::optional<std::chrono::nanoseconds> Endpoints::succeeded(EndpointState& endpoint,
                                                             TimePoint now) {
  ++answer_count_;
  const auto outage_lasted = endpoint.health.succeeded(now);
  if (outage_lasted) count_healthy(now);
  return outage_lasted;
}

std::optional<std::chrono::nanoseconds> Endpoints::refused_size(EndpointState& endpoint,
                                                                TimePoint now, bool any_size,
                                                                bool probe) {
  const auto outage_lasted = endpoint.health.refused_size(now, any_size, probe);
  count_healthy(now);
  return outage_lasted;
}

void Endpoints::failed(EndpointState& endpoint, TimePoint now, const Failure& failure) {
  counters_.endpoints[endpoint.index].failures.add(1);
  endpoint.health.failed(now, failure);
  count_healthy(now);
}

void Endpoints::failed_alone(EndpointSet endpoints, TimePoint now) {
  if (endpoints == 0) return;
  for (EndpointState& endpoint : all_) {
    if ((endpoints & endpoint.bit()) != 0) endpoint.health.failed_alone(now);
  }
  count_healthy(now);
}

void Endpoints::count_healthy(TimePoint now) {
  const bool was_outage = outage();
  const std::chrono::nanoseconds before = healthy_time(now);
  healthy_count_ = 0;
  for (const EndpointState& endpoint : all_) {
    const bool healthy = endpoint.health.healthy();
    healthy_count_ += healthy ? 1 : 0;
    counters_.endpoints[endpoint.index].healthy.set(healthy ? 1 : 0);
  }
  if (outage() == was_outage) return;
  healthy_before_ = before;
  healthy_since_ = now;
}

std::chrono::nanoseconds Endpoints::batch_delay(EndpointState& endpoint, uint32_t failure_count) {
  const auto count = static_cast<uint32_t>(all_.size());
  return endpoint.health.batch_delay((failure_count + count - 1) / count);
}

void Endpoints::skip_backoff(TimePoint now) {
  for (EndpointState& endpoint : all_) endpoint.health.skip_backoff(now);
}

void Endpoints::forget_requests() {
  for (EndpointState& endpoint : all_) {
    endpoint.in_flight = 0;
    endpoint.probe_in_flight = false;
  }
}

}  // namespace cero::core
