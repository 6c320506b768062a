#include "interop/server_program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace cero::test {
namespace {

// The child's part: nothing here allocates. It dies with the test, however that ends.
[[noreturn]] void become(char* const* arguments, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(arguments[0], arguments);
  constexpr std::string_view kSorry = "the program cannot be started\n";
  static_cast<void>(!write(STDERR_FILENO, kSorry.data(), kSorry.size()));
  _exit(127);
}

bool is_free(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool bound = bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(socket);
  return bound;
}

}  // namespace

ServerProgram::ServerProgram(const std::vector<std::string>& arguments, std::string_view ready) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) become(pointers.data(), ends[1]);
  close(ends[1]);
  output_ = ends[0];
  reader_ = std::thread([this] { read_output(); });
  std::unique_lock lock(mutex_);
  const auto is_ready = [&] { return said_.find(ready) != std::string::npos; };
  changed_.wait(lock, [&] { return ended_ || is_ready(); });
  if (is_ready()) return;
  const std::string message = arguments[0] + " ended before it was ready:\n" + said_;
  lock.unlock();
  reader_.join();
  close(output_);
  waitpid(pid_, nullptr, 0);
  throw std::runtime_error(message);
}

ServerProgram::~ServerProgram() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  reader_.join();
  close(output_);
}

void ServerProgram::read_output() {
  char bytes[4096];
  ssize_t size = 0;
  while ((size = read(output_, bytes, sizeof bytes)) > 0) {
    const std::lock_guard lock(mutex_);
    said_.append(bytes, static_cast<size_t>(size));
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::string ServerProgram::said() const {
  const std::lock_guard lock(mutex_);
  return said_;
}

uint16_t free_port() {
  constexpr int kFirst = 15'000;
  constexpr int kCount = 15'000;
  static int tried =
      static_cast<int>(getpid()) * 16;  // test programs that run together start apart
  for (int i = 0; i < kCount; ++i) {
    const auto port = static_cast<uint16_t>(kFirst + tried++ % kCount);
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no free port");
}

}  // namespace cero::test
