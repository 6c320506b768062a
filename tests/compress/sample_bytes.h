// Bytes for compressors: text that shrinks, and noise that does not.
#ifndef CERO_TESTS_COMPRESS_SAMPLE_BYTES_H_
#define CERO_TESTS_COMPRESS_SAMPLE_BYTES_H_

#include <random>
#include <string>

namespace cero::test {

inline std::string sample_text(size_t size) {
  std::string out;
  while (out.size() < size) out += "/api/v1/orders/" + std::to_string(out.size() % 977) + ' ';
  out.resize(size);
  return out;
}

inline std::string sample_noise(size_t size) {
  std::mt19937_64 random(1);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

}  // namespace cero::test

#endif  // CERO_TESTS_COMPRESS_SAMPLE_BYTES_H_
