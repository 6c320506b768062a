// ForkGate: keeps a fork out of the moments in which a background thread is inside a library that
// holds locks of its own (OpenSSL, libcurl, stdio). A child made in such a moment would find the
// lock taken by nobody, and hang when it makes connections of its own.
//
// Whoever enters such a library holds a Pass; a fork closes the gate, which waits for those inside,
// but no longer than kWaitMax: better a child that may hang than a parent that waits for a slow
// network. Threads that come while it is closed wait until the fork is done.
//
// I1  `inside` counts the passes held, `closed_by` the forks under way.
// F1  seq_cst: a thread that enters adds to `inside` and then looks at `closed_by`; a fork adds to
//     `closed_by` and then looks at `inside`. One of the two sees the other.
// E1  inside: release when a thread leaves -> acquire when a fork sees zero. What the thread did
//     inside is whole in the child.
// E2  closed_by: release when the gate opens -> acquire when a thread enters. What it does inside
//     comes after all that was looked at while the gate was closed.
//
// Cost: two atomic additions for each pass, on background threads only.
#ifndef CERO_CORE_BASE_FORK_GATE_H_
#define CERO_CORE_BASE_FORK_GATE_H_

#include <chrono>

namespace cero::core {

class ForkGate {
 public:
  static constexpr std::chrono::milliseconds kWaitMax{20};

  class Pass {
   public:
    Pass() noexcept { enter(); }
    ~Pass() { leave(); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
  };

  // ---- By the handlers of fork()
  // False: somebody is still inside.
  static bool close() noexcept;
  static void open() noexcept;
  // In the child, where nobody is inside.
  static void make_anew() noexcept;

 private:
  static void enter() noexcept;
  static void leave() noexcept;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_FORK_GATE_H_
