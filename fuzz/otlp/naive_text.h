// Text as the encoder must write it, done the slow and obvious way, and made up from a fuzzer's
// bytes.
#ifndef CERO_FUZZ_OTLP_NAIVE_TEXT_H_
#define CERO_FUZZ_OTLP_NAIVE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "otlp/input_reader.h"

namespace cero::fuzz {

// Cut to so many characters, each malformed sequence of which is one, written as U+FFFD.
std::string mended(std::string_view text, uint32_t characters_max = UINT32_MAX);

// ASCII of any length, characters of every size, malformed sequences, nothing.
std::string make_text(InputReader& input);
// The same few keys again and again, and some others.
std::string make_key(InputReader& input);

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_NAIVE_TEXT_H_
