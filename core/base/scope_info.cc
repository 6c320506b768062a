#include "base/scope_info.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/attribute_encoding.h"

namespace cero::core {
namespace {

struct Interned {
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<ScopeInfo>> scopes;
};

// Never destroyed: static destructors may still trace.
Interned& interned() {
  static Interned* const instance = new Interned;
  return *instance;
}

}  // namespace

const ScopeInfo* intern_scope(std::string_view name, std::string_view version,
                              std::string_view schema_url, Attributes attributes) noexcept try {
  std::pair key(encode_scope(name, version, attributes), std::string(schema_url));
  Interned& all = interned();
  const std::lock_guard lock(all.mutex);
  const auto found = all.scopes.find(key);
  if (found != all.scopes.end()) return found->second.get();
  if (all.scopes.size() == kScopesMax) return nullptr;
  auto scope = std::make_unique<ScopeInfo>(ScopeInfo{key.first, key.second});
  return all.scopes.emplace(std::move(key), std::move(scope)).first->second.get();
} catch (...) {
  return nullptr;
}

void lock_scopes() noexcept { interned().mutex.lock(); }
void unlock_scopes() noexcept { interned().mutex.unlock(); }

}  // namespace cero::core
