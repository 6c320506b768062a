// The question: can a backend's answer make cero miscount, wait for ever, or print what it should
// not? The input is an answer; see answer_check.h.
#include <cstdio>
#include <cstdlib>

#include "export/answer_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string wrong = cero::fuzz::check_answer({data, size});
  if (wrong.empty()) return 0;
  std::fputs(wrong.c_str(), stderr);
  std::abort();
}
