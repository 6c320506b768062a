// Goal: what a fuzzer once found stays found. Method: each file of the committed corpus is run as
// the fuzzer would run it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "otlp/span_program.h"

namespace cero::fuzz {
namespace {

TEST(SpanEncoder, reads_back_what_each_program_of_the_corpus_recorded) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(CERO_CORPUS_DIR "/span_encoder"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_GT(files.size(), 20u);
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(stream), {});
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    EXPECT_EQ(run_span_program({data, bytes.size()}), "") << file;
  }
}

TEST(SpanEncoder, runs_the_empty_program) { EXPECT_EQ(run_span_program({}), ""); }

}  // namespace
}  // namespace cero::fuzz
