// SetupLock: held while something is set up that the whole process has once: what libcurl, OpenSSL
// and the loader do behind locks of their own, and what cero's own functions keep.
//
// A fork waits for whoever holds it, however long: files are read meanwhile, no network is asked.
// So no child finds a setup half done. It takes the place of a function's static variable that is
// initialised at run time, and of std::call_once: a child that was made in the midst of one waits
// for ever when it gets there.
//
// Threads: any. A thread may take it again while it holds it, and fork.
#ifndef CERO_CORE_BASE_SETUP_LOCK_H_
#define CERO_CORE_BASE_SETUP_LOCK_H_

namespace cero::core {

class SetupLock {
 public:
  SetupLock() noexcept { take(); }
  ~SetupLock() { release(); }
  SetupLock(const SetupLock&) = delete;
  SetupLock& operator=(const SetupLock&) = delete;

  // ---- By the handlers of fork(), around it
  static void take() noexcept;
  static void release() noexcept;
  // In the child, in the place of release().
  static void begin_child() noexcept;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_SETUP_LOCK_H_
