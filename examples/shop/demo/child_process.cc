#include "demo/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace shop::demo {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// Between fork and exec: only async-signal-safe calls, since other threads may hold any lock.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         int output) {
  setpgid(0, 0);  // Ctrl-C reaches the demo alone, which ends its children in order
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // and they end with it if it is killed
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output, STDOUT_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  execve(program, arguments, environment);
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment) {
  if (access(program.c_str(), X_OK) != 0)
    throw std::runtime_error(program + " is missing: build the examples");
  std::vector<std::string> all{program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const std::vector<char*> argument_pointers = pointers(all);
  const std::vector<char*> environment_pointers = pointers(environment);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  pid_ = fork();
  if (pid_ == 0)
    become(program.c_str(), argument_pointers.data(), environment_pointers.data(), ends[1]);
  close(ends[1]);
  output_ = ends[0];
  if (pid_ < 0) {
    close(output_);
    throw std::runtime_error("cannot start " + program + ": " + std::strerror(errno));
  }
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    terminate();
    wait(std::chrono::seconds(10));
  }
  close(output_);
}

std::optional<std::string> ChildProcess::read_line(std::chrono::milliseconds timeout,
                                                   cero::loadgen::StopSignal& stop_signal) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    if (const size_t end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    if (output_ended_ || Clock::now() >= deadline) return std::nullopt;
    if (stop_signal.wait_for(std::chrono::nanoseconds(0))) throw Interrupted();
    read_more(kPoll);
  }
}

bool ChildProcess::read_more(std::chrono::milliseconds timeout) {
  pollfd wanted{.fd = output_, .events = POLLIN, .revents = 0};
  if (poll(&wanted, 1, static_cast<int>(timeout.count())) <= 0) return false;
  char bytes[16'384];
  const ssize_t size = read(output_, bytes, sizeof bytes);
  if (size > 0) read_.append(bytes, static_cast<size_t>(size));
  if (size == 0) output_ended_ = true;
  return size > 0;
}

void ChildProcess::terminate() const {
  if (pid_ > 0) kill(pid_, SIGTERM);
}

int ChildProcess::wait(std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline) kill(pid_, SIGKILL);
    // A child that writes must not wait for a reader; one that has closed its output ends soon.
    if (output_ended_) {
      poll(nullptr, 0, 1);
    } else {
      read_more(kPoll);
    }
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace shop::demo
