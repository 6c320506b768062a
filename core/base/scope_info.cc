#include "base/scope_info.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/attribute_encoding.h"

namespace cero::core {
namespace {

using ScopeMap = std::map<std::pair<std::string, std::string>, std::unique_ptr<ScopeInfo>>;

struct Interned {
  std::mutex mutex;
  ScopeMap* scopes = nullptr;  // never destroyed: static destructors may still trace
};

constinit Interned interned;

}  // namespace

const ScopeInfo* intern_scope(std::string_view name, std::string_view version,
                              std::string_view schema_url, Attributes attributes) noexcept try {
  std::pair key(encode_scope(name, version, attributes), std::string(schema_url));
  const std::lock_guard lock(interned.mutex);
  if (interned.scopes == nullptr) interned.scopes = new ScopeMap;
  ScopeMap& scopes = *interned.scopes;
  const auto found = scopes.find(key);
  if (found != scopes.end()) return found->second.get();
  if (scopes.size() == kScopesMax) return nullptr;
  auto scope = std::make_unique<ScopeInfo>(ScopeInfo{key.first, key.second});
  return scopes.emplace(std::move(key), std::move(scope)).first->second.get();
} catch (...) {
  return nullptr;
}

void lock_scopes() noexcept { interned.mutex.lock(); }
void unlock_scopes() noexcept { interned.mutex.unlock(); }

}  // namespace cero::core
