// What opentelemetry-cpp compresses with, where it is built to: zlib, at its fast level and at the
// default. As compress_bench.cc otherwise.
#include <zlib.h>

#include "compress/bodies.h"

namespace cero::bench {
namespace {

void zlib(benchmark::State& state) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemoryLevelDefault = 8;
  z_stream stream{};
  if (deflateInit2(&stream, static_cast<int>(state.range(0)), Z_DEFLATED, kGzipWindow,
                   kMemoryLevelDefault, Z_DEFAULT_STRATEGY) != Z_OK) {
    return state.SkipWithError("zlib has no memory");
  }
  const auto compress = [&](const std::string& body, std::string& out) {
    deflateReset(&stream);
    out.resize(deflateBound(&stream, body.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
  };
  measure_compression(state, compress, gunzip);
  deflateEnd(&stream);
}
BENCHMARK(zlib)->Arg(1)->Arg(6);

}  // namespace
}  // namespace cero::bench
