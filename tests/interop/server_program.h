// ServerProgram: a server of somebody else's, started and known to listen.
#ifndef CERO_TESTS_INTEROP_SERVER_PROGRAM_H_
#define CERO_TESTS_INTEROP_SERVER_PROGRAM_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cero::test {

class ServerProgram {
 public:
  // Found by PATH unless the first argument has a slash. Returns when the program has said `ready`;
  // throws std::runtime_error with all it said when it ends without.
  ServerProgram(const std::vector<std::string>& arguments, std::string_view ready);
  ~ServerProgram();
  ServerProgram(const ServerProgram&) = delete;
  ServerProgram& operator=(const ServerProgram&) = delete;

  // So far, on standard output and standard error.
  std::string said() const;

 private:
  void read_output();

  pid_t pid_ = -1;
  int output_ = -1;
  mutable std::mutex mutex_;  // guards the two below
  std::string said_;
  bool ended_ = false;
  std::condition_variable changed_;
  std::thread reader_;  // so that the program never blocks on a full pipe
};

// A port of 127.0.0.1 that was free just now: these servers cannot say which one they got. Another
// one at each call, and below those that the kernel gives to connections.
uint16_t free_port();

}  // namespace cero::test

#endif  // CERO_TESTS_INTEROP_SERVER_PROGRAM_H_
