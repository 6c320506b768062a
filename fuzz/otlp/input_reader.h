// InputReader: a fuzzer's bytes as the choices of a program. Reading past the end gives zeros, so
// that every input is a program. (Not libFuzzer's FuzzedDataProvider, which only clang ships: the
// corpus is replayed under every compiler.)
#ifndef CERO_FUZZ_OTLP_INPUT_READER_H_
#define CERO_FUZZ_OTLP_INPUT_READER_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace cero::fuzz {

class InputReader {
 public:
  explicit InputReader(std::span<const uint8_t> input) : input_(input) {}

  bool empty() const { return input_.empty(); }

  template <typename T>
  T number() {
    T value{};
    const size_t size = std::min(sizeof value, input_.size());
    if (size == 0) return value;  // the empty input has no address to copy from
    std::memcpy(&value, input_.data(), size);
    input_ = input_.subspan(size);
    return value;
  }
  uint8_t byte() { return number<uint8_t>(); }
  bool flip() { return byte() % 2 == 1; }
  // One byte's choice among `count`.
  uint32_t choice(uint32_t count) { return byte() % count; }

  std::string bytes(size_t size_max) {
    const size_t wanted = choice(static_cast<uint32_t>(size_max) + 1);  // it takes a byte of input_
    const size_t size = std::min(wanted, input_.size());
    std::string text(reinterpret_cast<const char*>(input_.data()), size);
    input_ = input_.subspan(size);
    return text;
  }

 private:
  std::span<const uint8_t> input_;
};

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_INPUT_READER_H_
