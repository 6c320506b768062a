// Result<T>: a value, or an Error that says what is wrong and how to mend it.
//
// cero throws nothing across its API. What can fail while setting up returns a Result; what fails
// while running is counted (see stats.h) and told to the error handler (see options.h).
#ifndef CERO_RESULT_H_
#define CERO_RESULT_H_

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cero {

// Numbers are part of the API: never reused, never renumbered.
enum class ErrorCode {
  invalid_options = 1,  // one or more options are wrong; the message lists every one with its fix
  out_of_memory = 2,
  system = 3,             // the operating system refused a thread, a mapping or random bytes
  deadline_exceeded = 4,  // flush or shutdown ran out of time; work goes on or is counted
  already_shutdown = 5,
  delivery_failed = 6,  // flush ended, and some of its spans were dropped or rejected
};

class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }

 private:
  ErrorCode code_;
  std::string message_;
};

namespace detail {
// For who asks an error for its value.
[[noreturn, gnu::cold, gnu::noinline]] inline void abort_without_value(
    const Error& error) noexcept {
  std::fprintf(stderr, "cero: Result has no value, but an error: %s\n", error.message().c_str());
  std::abort();
}
}  // namespace detail

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Precondition: has_value(). Of an error it says the message on stderr and aborts.
  T& value() & noexcept {
    expect_value();
    return *std::get_if<0>(&state_);
  }
  const T& value() const& noexcept {
    expect_value();
    return *std::get_if<0>(&state_);
  }
  T&& value() && noexcept {
    expect_value();
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & noexcept { return value(); }
  const T& operator*() const& noexcept { return value(); }
  T&& operator*() && noexcept { return std::move(*this).value(); }
  T* operator->() noexcept { return &value(); }
  const T* operator->() const noexcept { return &value(); }

  // Precondition: !has_value().
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  void expect_value() const noexcept {
    if (!has_value()) detail::abort_without_value(error());
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }

  // Precondition: !has_value().
  const Error& error() const noexcept { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace cero

#endif  // CERO_RESULT_H_
