// Question: what does a span's share of a compressed request cost, and how many bytes of it are
//           left?
// Load:     requests of 512 spans with 10 attributes each (tests/support/trace_bodies.h), 16 of
//           them in turn, so that the compressor does not see the same bytes again while they are
//           warm.
// Excluded: encoding and sending.
// Levels:   1 and 6; those between gain 1 %.
#include <benchmark/benchmark.h>
#include <libdeflate.h>

#include <memory>
#include <string>
#include <vector>

#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

constexpr int kSpansPerBody = 512;
constexpr int kBodies = 16;

std::vector<std::string> make_bodies() {
  test::TraceBodies generator(1);
  std::vector<std::string> bodies;
  for (int i = 0; i < kBodies; ++i) bodies.push_back(generator.next(kSpansPerBody));
  return bodies;
}

bool inflates_to(const std::string& gzip, const std::string& expected) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> state(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string plain(expected.size(), '\0');
  size_t size = 0;
  return libdeflate_gzip_decompress(state.get(), gzip.data(), gzip.size(), plain.data(),
                                    plain.size(), &size) == LIBDEFLATE_SUCCESS &&
         size == expected.size() && plain == expected;
}

void compress(benchmark::State& state) {
  const std::vector<std::string> bodies = make_bodies();
  GzipCompressor compressor(static_cast<int>(state.range(0)));
  CompressionBuffer buffer;
  std::string out;
  size_t bytes_plain = 0;
  size_t bytes_gzip = 0;
  for (const std::string& body : bodies) {
    buffer.compress(compressor, body, &out);
    if (!inflates_to(out, body))
      return state.SkipWithError("the gzip member does not inflate to the body");
    bytes_plain += body.size();
    bytes_gzip += out.size();
  }
  size_t next = 0;
  for (auto _ : state) {
    buffer.compress(compressor, bodies[next++ % kBodies], &out);
    benchmark::DoNotOptimize(out.data());
  }
  using benchmark::Counter;
  const double spans = double{kSpansPerBody} * static_cast<double>(state.iterations());
  state.counters["seconds/span"] = Counter(spans, Counter::kIsRate | Counter::kInvert);
  state.counters["plain_bytes/span"] = static_cast<double>(bytes_plain) / (kBodies * kSpansPerBody);
  state.counters["gzip_bytes/span"] = static_cast<double>(bytes_gzip) / (kBodies * kSpansPerBody);
}
BENCHMARK(compress)->ArgName("level")->Arg(1)->Arg(6)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cero::core
