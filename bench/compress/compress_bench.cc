// Question: what does a span's share of a compressed request cost, and how many bytes of it are
//           left?
// Load:     requests of 512 spans with 10 attributes each (tests/support/trace_bodies.h), 16 of
//           them in turn.
// Excluded: encoding and sending.
// Levels:   1 and 6; those between gain 1 %.
#include <libdeflate.h>

#include <memory>

#include "compress/bodies.h"
#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"

namespace cero::bench {

std::string gunzip(const std::string& gzip, size_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> state(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string plain(size, '\0');
  size_t inflated = 0;
  if (libdeflate_gzip_decompress(state.get(), gzip.data(), gzip.size(), plain.data(), size,
                                 &inflated) != LIBDEFLATE_SUCCESS) {
    return {};
  }
  plain.resize(inflated);
  return plain;
}

namespace {

void cero_compressor(benchmark::State& state) {
  core::GzipCompressor compressor(static_cast<int>(state.range(0)));
  core::CompressionBuffer buffer;
  measure_compression(
      state,
      [&](const std::string& body, std::string& out) { buffer.compress(compressor, body, &out); },
      gunzip);
}
BENCHMARK(cero_compressor)->Name("libdeflate")->Arg(1)->Arg(6);

}  // namespace
}  // namespace cero::bench
