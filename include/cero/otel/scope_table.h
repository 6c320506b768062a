// ScopeTable: what belongs to each instrumentation scope, found by its name without a lock.
//
// E1  Bucket heads: release in find_or_add -> acquire in find. Publishes an entry; its fields are
//     never written again, and it lives as long as the table.
#ifndef CERO_OTEL_SCOPE_TABLE_H_
#define CERO_OTEL_SCOPE_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace cero::otel {

struct ScopeName {
  std::string_view name;
  std::string_view version;
  std::string_view schema_url;
};

template <typename Value>
class ScopeTable {
 public:
  // As many as a process may have (cero/tracer_provider.h).
  static constexpr size_t kEntriesMax = 10'000;

  ScopeTable() = default;
  ~ScopeTable() {
    for (auto& bucket : buckets_) {
      Entry* entry = bucket.load(std::memory_order_relaxed);  // nobody else is here any more
      while (entry != nullptr) delete std::exchange(entry, entry->next);
    }
  }
  ScopeTable(const ScopeTable&) = delete;
  ScopeTable& operator=(const ScopeTable&) = delete;

  // make() gives the value of a scope that is new. Throws std::bad_alloc and what make() throws.
  template <typename Make>
  Value find_or_add(const ScopeName& scope, Make make) {
    auto& bucket = buckets_[std::hash<std::string_view>{}(scope.name) % buckets_.size()];
    if (const Entry* found = find(bucket, scope)) return found->value;
    const std::lock_guard lock(mutex_);
    if (const Entry* found = find(bucket, scope)) return found->value;
    Value value = make();
    if (size_ == kEntriesMax) return value;
    auto entry = std::make_unique<Entry>(
        Entry{std::string(scope.name), std::string(scope.version), std::string(scope.schema_url),
              value, bucket.load(std::memory_order_relaxed)});  // written under the mutex only
    bucket.store(entry.release(), std::memory_order_release);   // E1
    ++size_;
    return value;
  }

 private:
  struct Entry {
    const std::string name;
    const std::string version;
    const std::string schema_url;
    const Value value;
    Entry* const next;
  };

  static const Entry* find(const std::atomic<Entry*>& bucket, const ScopeName& scope) noexcept {
    const Entry* entry = bucket.load(std::memory_order_acquire);  // E1
    while (entry != nullptr && (entry->name != scope.name || entry->version != scope.version ||
                                entry->schema_url != scope.schema_url)) {
      entry = entry->next;
    }
    return entry;
  }

  std::array<std::atomic<Entry*>, 64> buckets_{};
  std::mutex mutex_;
  size_t size_ = 0;  // under the mutex
};

}  // namespace cero::otel

#endif  // CERO_OTEL_SCOPE_TABLE_H_
