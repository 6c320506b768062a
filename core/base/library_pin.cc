#include "base/library_pin.h"

#include <dlfcn.h>

#include "base/setup_lock.h"

namespace cero::core {

void pin_library() noexcept {
  const SetupLock lock;
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&pin_library), &info) == 0) return;
  // A program itself is not found by its name, and never unloaded.
  void* library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (library != nullptr) dlclose(library);
}

}  // namespace cero::core
