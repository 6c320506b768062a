// What a program's bytes choose besides text and values: the options it runs under, and the times
// and contexts that it hands over.
#ifndef CERO_FUZZ_OTLP_PROGRAM_INPUT_H_
#define CERO_FUZZ_OTLP_PROGRAM_INPUT_H_

#include "cero/options.h"
#include "cero/span.h"
#include "otlp/input_reader.h"

namespace cero::fuzz {

Options make_options(InputReader& input);
Timestamp make_time(InputReader& input);
SpanContext make_context(InputReader& input);

template <size_t kBytes>
Id<kBytes> make_id(InputReader& input) {
  std::array<uint8_t, kBytes> bytes;
  bytes.fill(input.byte());
  bytes.back() ^= input.byte();
  return Id<kBytes>(bytes);
}

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_PROGRAM_INPUT_H_
