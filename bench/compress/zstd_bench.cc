// zstd at its fast level and at 1. As compress_bench.cc otherwise.
#include <zstd.h>

#include <memory>

#include "compress/bodies.h"

namespace cero::bench {
namespace {

std::string decompress(const std::string& bytes, size_t size) {
  std::string plain(size, '\0');
  const size_t result = ZSTD_decompress(plain.data(), size, bytes.data(), bytes.size());
  return ZSTD_isError(result) == 0 ? plain : std::string();
}

void zstd(benchmark::State& state) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  const auto level = static_cast<int>(state.range(0));
  const auto compress = [&](const std::string& body, std::string& out) {
    out.resize(ZSTD_compressBound(body.size()));
    const size_t size =
        ZSTD_compressCCtx(context.get(), out.data(), out.size(), body.data(), body.size(), level);
    out.resize(ZSTD_isError(size) == 0 ? size : 0);
  };
  measure_compression(state, compress, decompress);
}
BENCHMARK(zstd)->Arg(-1)->Arg(1);

}  // namespace
}  // namespace cero::bench
