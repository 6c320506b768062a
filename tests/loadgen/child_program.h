// ChildProgram: a program under test, its output read through pipes.
#ifndef CERO_TESTS_LOADGEN_CHILD_PROGRAM_H_
#define CERO_TESTS_LOADGEN_CHILD_PROGRAM_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace cero::test {

struct ProgramOutcome {
  int exit_status = -1;  // 128 + signal if one ended it
  std::string output;
  std::string errors;
};

class ChildProgram {
 public:
  // Its environment is this process's without OTEL_* variables, and `variables` ("NAME=VALUE").
  ChildProgram(const std::string& path, const std::vector<std::string>& arguments,
               const std::vector<std::string>& variables = {});
  ~ChildProgram();
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  void send(int signal) const;
  // Reads until both outputs end, then waits.
  ProgramOutcome wait();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

inline ProgramOutcome run_program(const std::string& path,
                                  const std::vector<std::string>& arguments,
                                  const std::vector<std::string>& variables = {}) {
  return ChildProgram(path, arguments, variables).wait();
}

}  // namespace cero::test

#endif  // CERO_TESTS_LOADGEN_CHILD_PROGRAM_H_
