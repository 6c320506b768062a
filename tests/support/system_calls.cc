#include "support/system_calls.h"

#if defined(__x86_64__) && defined(__linux__)
#define CERO_CAN_COUNT_SYSTEM_CALLS 1
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include <array>
#include <csignal>
#include <cstddef>
#endif

namespace cero::test {
namespace {
constinit thread_local uint64_t calls = 0;
}  // namespace

uint64_t SystemCalls::count() const { return calls; }

}  // namespace cero::test

#ifdef CERO_CAN_COUNT_SYSTEM_CALLS

// The one place that calls are let through from: number, six arguments. The filter compares with
// the address after the instruction.
extern "C" long cero_let_through(long number, long a, long b, long c, long d, long e, long f);
extern "C" const char kLetThroughFrom asm("cero_let_through_from");
asm(R"(
  .text
  .globl cero_let_through
  .globl cero_let_through_from
cero_let_through:
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rdx, %rsi
  movq %rcx, %rdx
  movq %r8, %r10
  movq %r9, %r8
  movq 8(%rsp), %r9
  syscall
cero_let_through_from:
  ret
)");

namespace cero::test {
namespace {

void count_and_repeat(int, siginfo_t*, void* context) {
  ++calls;
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  registers[REG_RAX] = cero_let_through(registers[REG_RAX], registers[REG_RDI], registers[REG_RSI],
                                        registers[REG_RDX], registers[REG_R10], registers[REG_R8],
                                        registers[REG_R9]);
}

bool install_filter() {
  const auto from = reinterpret_cast<uint64_t>(&kLetThroughFrom);
  constexpr auto kAddress = offsetof(seccomp_data, instruction_pointer);
  std::array<sock_filter, 8> steps{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kAddress),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(from), 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kAddress + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(from >> 32), 3, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      // How a signal handler returns.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{steps.size(), steps.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

}  // namespace

SystemCalls::SystemCalls() {
  struct sigaction action {};
  action.sa_sigaction = count_and_repeat;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSYS, &action, nullptr) != 0) return;
  armed_ = install_filter();
  calls = 0;
}

}  // namespace cero::test

#else

namespace cero::test {
SystemCalls::SystemCalls() = default;
}  // namespace cero::test

#endif
