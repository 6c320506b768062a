// SingleStep: a signal at one instruction of a call, on the thread that makes it. The processor
// traps after each instruction, by its trap flag, so every place can be tried, the same at each
// run. x86-64 Linux.
#ifndef CERO_TESTS_SUPPORT_SINGLE_STEP_H_
#define CERO_TESTS_SUPPORT_SINGLE_STEP_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <functional>

namespace cero::test {

// Runs call(), and interrupt() in a signal handler that comes after instruction `number` of it.
// Returns how many instructions came before: `number`, or fewer if the call was over and
// interrupt() has not run.
class SingleStep {
 public:
  static uint64_t run(uint64_t number, const std::function<void()>& call,
                      const std::function<void()>& interrupt) {
    struct sigaction action = {};
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO;
    struct sigaction before;
    sigaction(SIGTRAP, &action, &before);
    passed = 0;
    interrupt_after = number;
    interrupt_with = &interrupt;
    // The red zone below the stack pointer is the compiler's.
    asm volatile(
        "lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
            : "memory", "cc");
    call();
    asm volatile(
        "lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
            : "memory", "cc");
    interrupt_with = nullptr;
    sigaction(SIGTRAP, &before, nullptr);
    return passed;
  }

 private:
  static void on_trap(int, siginfo_t*, void* context) {
    if (interrupt_with == nullptr) return;
    if (passed != interrupt_after) {
      ++passed;
      return;
    }
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    registers[REG_EFL] &= ~greg_t{0x100};
    (*interrupt_with)();
    interrupt_with = nullptr;
  }

  static inline uint64_t passed = 0;
  static inline uint64_t interrupt_after = 0;
  static inline const std::function<void()>* interrupt_with = nullptr;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_SINGLE_STEP_H_
