// cero's zstd at its fast levels; -1 is its default. As compress_bench.cc otherwise.
#include <memory>

#include "compress/bodies.h"
#include "compress/compression_buffer.h"
#include "compress/zstd_compressor.h"

namespace cero::bench {
namespace {

std::string decompress(const std::string& bytes, size_t size) {
  std::string plain;
  return core::zstd_decompress(bytes, size, &plain) ? plain : std::string();
}

void zstd(benchmark::State& state) {
  const auto compressor = core::make_zstd_compressor(static_cast<int>(state.range(0)));
  core::CompressionBuffer buffer;
  measure_compression(
      state,
      [&](const std::string& body, std::string& out) { buffer.compress(*compressor, body, &out); },
      decompress);
}
BENCHMARK(zstd)->Arg(-3)->Arg(-1)->Arg(1);

}  // namespace
}  // namespace cero::bench
