// One answer of a backend, whatever bytes it is made of, and what must be true of the verdict on
// it.
#ifndef CERO_FUZZ_EXPORT_ANSWER_CHECK_H_
#define CERO_FUZZ_EXPORT_ANSWER_CHECK_H_

#include <cstdint>
#include <span>
#include <string>

namespace cero::fuzz {

// The input is an answer over HTTP or gRPC. What is wrong with cero's reading of it; empty:
// nothing.
std::string check_answer(std::span<const uint8_t> input);

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_EXPORT_ANSWER_CHECK_H_
