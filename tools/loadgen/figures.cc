#include "loadgen/figures.h"

#include <cstdio>

namespace cero::loadgen {

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

std::string fixed(double number, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

std::string mebibytes(uint64_t bytes) {
  return fixed(static_cast<double>(bytes) / (1 << 20), 1) + " MiB";
}

std::string nanoseconds(uint64_t nanoseconds) {
  const auto number = static_cast<double>(nanoseconds);
  if (nanoseconds < 10'000) return std::to_string(nanoseconds) + " ns";
  if (nanoseconds < 1'000'000) return fixed(number / 1e3, 1) + " us";
  return fixed(number / 1e6, 2) + " ms";
}

double ratio(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace cero::loadgen
