// ForkedChild: a fork of the test, which says something through a pipe and ends.
//
// What runs in it must use no assertions of the test's: it says what it found, and the parent
// compares.
#ifndef CERO_TESTS_SUPPORT_FORKED_CHILD_H_
#define CERO_TESTS_SUPPORT_FORKED_CHILD_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace cero::test {

enum class Ending {
  at_once,       // _exit
  in_good_order  // exit, with static destructors
};

class ForkedChild {
 public:
  explicit ForkedChild(const std::function<std::string()>& run, Ending ending = Ending::at_once) {
    std::array<int, 2> ends;
    if (pipe(ends.data()) != 0) return;
    from_ = ends[0];
    std::fflush(nullptr);  // what the test has printed is not printed again by the child
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      const int status = say(ends[1], run()) ? 0 : 1;
      if (ending == Ending::at_once) _exit(status);
      std::exit(status);
    }
    close(ends[1]);
  }
  ~ForkedChild() { close(from_); }
  ForkedChild(const ForkedChild&) = delete;
  ForkedChild& operator=(const ForkedChild&) = delete;

  // All that it said, once it has ended.
  std::string wait() {
    std::string said;
    std::array<char, 4096> part;
    for (ssize_t size; (size = read(from_, part.data(), part.size())) > 0;)
      said.append(part.data(), static_cast<size_t>(size));
    int status = -1;
    waitpid(pid_, &status, 0);
    EXPECT_EQ(status, 0) << said;
    return said;
  }

 private:
  static bool say(int to, const std::string& text) {
    size_t written = 0;
    while (written < text.size()) {
      const ssize_t size = write(to, text.data() + written, text.size() - written);
      if (size < 0) return false;
      written += static_cast<size_t>(size);
    }
    close(to);
    return true;
  }

  int from_ = -1;
  pid_t pid_ = -1;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_FORKED_CHILD_H_
