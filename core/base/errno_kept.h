// ErrnoKept: errno is the host's. A span may start or end between a call of the host's that failed
// and its look at errno (a destructor does), so whatever may change it on a thread of the host's
// puts it back.
#ifndef CERO_CORE_BASE_ERRNO_KEPT_H_
#define CERO_CORE_BASE_ERRNO_KEPT_H_

#include <errno.h>

namespace cero::core {

class ErrnoKept {
 public:
  ErrnoKept() noexcept : before_(errno) {}
  ~ErrnoKept() { errno = before_; }
  ErrnoKept(const ErrnoKept&) = delete;
  ErrnoKept& operator=(const ErrnoKept&) = delete;

 private:
  const int before_;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_ERRNO_KEPT_H_
