#include "base/background_thread.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <string>
#include <system_error>
#include <utility>

namespace cero::core {
namespace {

// Blocks every signal in this thread, and so in a thread that it starts, while it lives.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Result<std::thread> start_background_thread(const char* name, const ThreadStartHook& hook,
                                            std::function<void()> run) {
  const SignalsBlocked blocked;
  try {
    return std::thread([name, hook, run = std::move(run)] {
      pthread_setname_np(pthread_self(), name);
      if (hook) hook(name);
      run();
    });
  } catch (const std::system_error& error) {
    return Error(ErrorCode::system,
                 std::string("cannot start the thread ") + name + ": " + error.what());
  }
}

uint64_t thread_cpu_ns() noexcept {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace cero::core
