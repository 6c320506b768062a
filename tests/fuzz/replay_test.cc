// Goal: what a fuzzer once found stays found. Method: each file of the committed corpora is run as
// the fuzzer would run it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "export/answer_check.h"
#include "otlp/span_program.h"

namespace cero::fuzz {
namespace {

struct Input {
  std::string name;
  std::vector<uint8_t> bytes;
};

// Of a corpus below fuzz/.
std::vector<Input> read_corpus(const std::string& folder) {
  std::vector<Input> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(CERO_FUZZ_DIR "/" + folder)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    inputs.push_back({entry.path().filename(), {std::istreambuf_iterator<char>(stream), {}}});
  }
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
  return inputs;
}

TEST(SpanEncoder, reads_back_what_each_program_of_the_corpus_recorded) {
  const std::vector<Input> programs = read_corpus("otlp/corpus/span_encoder");
  ASSERT_GT(programs.size(), 20u);
  for (const Input& program : programs)
    EXPECT_EQ(run_span_program(program.bytes), "") << program.name;
}

TEST(SpanEncoder, runs_the_empty_program) { EXPECT_EQ(run_span_program({}), ""); }

TEST(BackendAnswer, is_judged_within_bounds_however_early_it_ends) {
  const std::vector<Input> answers = read_corpus("export/corpus/backend_answer");
  ASSERT_GE(answers.size(), 20u);
  for (const Input& answer : answers) {
    for (size_t size = 0; size <= answer.bytes.size(); ++size)
      EXPECT_EQ(check_answer({answer.bytes.data(), size}), "")
          << answer.name << " to byte " << size;
  }
}

}  // namespace
}  // namespace cero::fuzz
