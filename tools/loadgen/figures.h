// Numbers as a person reads them.
#ifndef CERO_TOOLS_LOADGEN_FIGURES_H_
#define CERO_TOOLS_LOADGEN_FIGURES_H_

#include <cstdint>
#include <string>

namespace cero::loadgen {

std::string grouped(uint64_t number);            // 1,234,567
std::string fixed(double number, int decimals);  // 3.14
std::string mebibytes(uint64_t bytes);           // 12.3 MiB
std::string nanoseconds(uint64_t nanoseconds);   // 870 ns, 12.3 us, 4.56 ms
double ratio(uint64_t part, uint64_t whole);     // 0 when there is no whole

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_FIGURES_H_
