// The requests that compressors are compared on.
#ifndef CERO_BENCH_COMPRESS_BODIES_H_
#define CERO_BENCH_COMPRESS_BODIES_H_

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "support/trace_bodies.h"

namespace cero::bench {

constexpr int kSpansPerBody = 512;
// In turn, so that no compressor sees the same bytes again while they are warm.
constexpr int kBodies = 16;

inline std::vector<std::string> make_bodies() {
  test::TraceBodies generator(1);
  std::vector<std::string> bodies;
  bodies.reserve(kBodies);
  for (int i = 0; i < kBodies; ++i) bodies.push_back(generator.next(kSpansPerBody));
  return bodies;
}

// compress(body, out) leaves the compressed bytes in `out`; restore(out, size) gives a body of
// `size` bytes back.
template <typename Compress, typename Restore>
void measure_compression(benchmark::State& state, Compress compress, Restore restore) {
  const std::vector<std::string> bodies = make_bodies();
  std::string out;
  size_t bytes = 0;
  for (const std::string& body : bodies) {
    compress(body, out);
    if (restore(out, body.size()) != body)
      return state.SkipWithError("what was compressed is not the body");
    bytes += out.size();
  }
  size_t next = 0;
  for (auto _ : state) {
    compress(bodies[next++ % kBodies], out);
    benchmark::DoNotOptimize(out.data());
  }
  using benchmark::Counter;
  const double spans = double{kSpansPerBody} * static_cast<double>(state.iterations());
  state.counters["seconds/span"] = Counter(spans, Counter::kIsRate | Counter::kInvert);
  state.counters["wire_bytes/span"] = static_cast<double>(bytes) / (kBodies * kSpansPerBody);
}

// Of a gzip member.
std::string gunzip(const std::string& gzip, size_t size);

}  // namespace cero::bench

#endif  // CERO_BENCH_COMPRESS_BODIES_H_
