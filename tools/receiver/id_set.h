// The set of (trace id, span id) pairs seen so far, kept as 128-bit fingerprints.
//
// Cost: 16 bytes a slot, at most 60 % of the slots used; an insert is one cache miss, and
//       insert_all has several under way at once. Split into shards that grow one at a time, so
//       that no single insert stops the loop for the time it takes to rehash everything.
#ifndef CERO_TOOLS_RECEIVER_ID_SET_H_
#define CERO_TOOLS_RECEIVER_ID_SET_H_

#include <array>
#include <cstdint>
#include <vector>

namespace cero::receiver {

struct SpanFingerprint {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const SpanFingerprint&) const = default;
};

// Takes 16 and 8 bytes. Spans of one trace never share a fingerprint; others do with a chance of
// 2^-128 a pair.
SpanFingerprint fingerprint(const char* trace_id, const char* span_id);

class IdSet {
 public:
  IdSet();
  void insert_all(const std::vector<SpanFingerprint>& ids);
  uint64_t size() const { return size_; }

 private:
  struct Shard {
    std::vector<SpanFingerprint> slots;  // a power of two; all zero is an empty slot
    uint64_t used = 0;
  };

  Shard& shard_of(const SpanFingerprint& id);
  bool insert(const SpanFingerprint& id);
  static void grow(Shard& shard);

  static constexpr unsigned kShardBits = 6;
  std::array<Shard, 1u << kShardBits> shards_;
  uint64_t size_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_ID_SET_H_
