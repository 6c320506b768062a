// A random program over the tracing API, run twice: through cero to encoded requests, and on naive
// models.
#ifndef CERO_FUZZ_OTLP_SPAN_PROGRAM_H_
#define CERO_FUZZ_OTLP_SPAN_PROGRAM_H_

#include <cstdint>
#include <span>
#include <string>

namespace cero::fuzz {

// How the requests, decoded by the official classes, differ from what the models say; "" when they
// do not.
std::string run_span_program(std::span<const uint8_t> input);

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_SPAN_PROGRAM_H_
