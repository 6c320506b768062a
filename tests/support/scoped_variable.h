// ScopedVariable: an environment variable with a value for as long as the test runs.
#ifndef CERO_TESTS_SUPPORT_SCOPED_VARIABLE_H_
#define CERO_TESTS_SUPPORT_SCOPED_VARIABLE_H_

#include <cstdlib>
#include <optional>
#include <string>

namespace cero::test {

class ScopedVariable {
 public:
  // nullptr: unset.
  ScopedVariable(std::string name, const char* value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  ~ScopedVariable() { set(before_ ? before_->c_str() : nullptr); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void set(const char* value) {
    if (value == nullptr) {
      unsetenv(name_.c_str());
    } else {
      setenv(name_.c_str(), value, 1);
    }
  }

  const std::string name_;
  std::optional<std::string> before_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_SCOPED_VARIABLE_H_
