#include "loadgen/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>

namespace cero::test {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// False once the end has been reached.
bool read_some(int file, std::string& text) {
  char bytes[4096];
  const ssize_t size = read(file, bytes, sizeof bytes);
  if (size > 0) text.append(bytes, static_cast<size_t>(size));
  return size > 0;
}

}  // namespace

ChildProgram::ChildProgram(const std::string& path, const std::vector<std::string>& arguments,
                           const std::vector<std::string>& variables) {
  std::vector<std::string> all{path};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("OTEL_")) environment.emplace_back(*variable);
  }
  int output[2];
  int errors[2];
  if (pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
  const int failure = posix_spawn(&pid_, path.c_str(), &actions, nullptr, pointers(all).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) pid_ = -1;
  close(output[1]);
  close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
}

ChildProgram::~ChildProgram() {
  if (pid_ > 0) {
    send(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_);
  close(errors_);
}

void ChildProgram::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

ProgramOutcome ChildProgram::wait() {
  ProgramOutcome outcome;
  pollfd pipes[] = {{.fd = output_, .events = POLLIN, .revents = 0},
                    {.fd = errors_, .events = POLLIN, .revents = 0}};
  std::string* texts[] = {&outcome.output, &outcome.errors};
  while (pipes[0].fd >= 0 || pipes[1].fd >= 0) {
    if (poll(pipes, 2, -1) < 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (pipes[i].revents != 0 && !read_some(pipes[i].fd, *texts[i])) pipes[i].fd = -1;
    }
  }
  if (pid_ < 0) return outcome;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  outcome.exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

}  // namespace cero::test
