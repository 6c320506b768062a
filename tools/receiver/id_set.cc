#include "receiver/id_set.h"

#include <bit>
#include <cstring>

namespace cero::receiver {
namespace {

constexpr uint64_t kSlotsAtStart = 1024;
constexpr size_t kPrefetchDistance = 12;

uint64_t load(const char* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// A bijection that spreads every input bit (the finaliser of splitmix64).
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// The slot where the id is or belongs.
SpanFingerprint& find_slot(std::vector<SpanFingerprint>& slots, const SpanFingerprint& id) {
  const uint64_t mask = slots.size() - 1;
  uint64_t index = id.low & mask;
  while (slots[index] != SpanFingerprint{} && slots[index] != id) index = (index + 1) & mask;
  return slots[index];
}

}  // namespace

SpanFingerprint fingerprint(const char* trace_id, const char* span_id) {
  // Both multipliers are odd, so each word is a bijection of the span id for a given trace id; they
  // are large, so that small counters used as ids do not cancel out.
  const uint64_t span = load(span_id);
  SpanFingerprint id;
  id.high = mix(load(trace_id) + span * 0x9e3779b97f4a7c15);
  id.low = mix(load(trace_id + 8) + std::rotl(span, 32) * 0xd6e8feb86659fd93);
  if (id == SpanFingerprint{}) id.high = 1;  // all zero marks an empty slot
  return id;
}

IdSet::IdSet() {
  for (Shard& shard : shards_) shard.slots.resize(kSlotsAtStart);
}

IdSet::Shard& IdSet::shard_of(const SpanFingerprint& id) {
  return shards_[id.high >> (64 - kShardBits)];
}

void IdSet::insert_all(const std::vector<SpanFingerprint>& ids) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i + kPrefetchDistance < ids.size()) {
      const SpanFingerprint& ahead = ids[i + kPrefetchDistance];
      const auto& slots = shard_of(ahead).slots;
      __builtin_prefetch(&slots[ahead.low & (slots.size() - 1)]);
    }
    if (insert(ids[i])) ++size_;
  }
}

bool IdSet::insert(const SpanFingerprint& id) {
  Shard& shard = shard_of(id);
  SpanFingerprint& slot = find_slot(shard.slots, id);
  if (slot == id) return false;
  slot = id;
  ++shard.used;
  if (shard.used * 5 > shard.slots.size() * 3) grow(shard);
  return true;
}

void IdSet::grow(Shard& shard) {
  std::vector<SpanFingerprint> larger(shard.slots.size() * 2);
  for (const SpanFingerprint& id : shard.slots) {
    if (id != SpanFingerprint{}) find_slot(larger, id) = id;
  }
  shard.slots = std::move(larger);
}

}  // namespace cero::receiver
