// The clocks of this process, which jump when a test says so: those of cero, of the standard
// library, of libcurl and of the test itself. A program that lists jumping_clock.cc among its
// sources has clock_gettime() replaced.
//
// What waits in the kernel meanwhile is not woken: it does not know.
#ifndef CERO_TESTS_SUPPORT_JUMPING_CLOCK_H_
#define CERO_TESTS_SUPPORT_JUMPING_CLOCK_H_

#include <chrono>

namespace cero::test {

// Ahead: it never goes back.
void jump_steady_clock(std::chrono::seconds by);
void step_wall_clock(std::chrono::seconds by);

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_JUMPING_CLOCK_H_
