// The question: does the backend read what the program recorded? The input is a program over the
// tracing API; see span_program.h.
#include <cstdio>
#include <cstdlib>

#include "otlp/span_program.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string wrong = cero::fuzz::run_span_program({data, size});
  if (wrong.empty()) return 0;
  std::fputs(wrong.c_str(), stderr);
  std::abort();
}
