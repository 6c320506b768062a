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
  auto& scope = all.scopes[key];
  if (!scope) scope = std::make_unique<ScopeInfo>(ScopeInfo{key.first, key.second});
  return scope.get();
} catch (...) {
  return nullptr;
}

}  // namespace cero::core
