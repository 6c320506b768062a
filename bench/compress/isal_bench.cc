// ISA-L's igzip at both levels that matter. As compress_bench.cc otherwise.
#include <isa-l/igzip_lib.h>

#include <vector>

#include "compress/bodies.h"

namespace cero::bench {
namespace {

void isal(benchmark::State& state) {
  const auto level = static_cast<uint32_t>(state.range(0));
  std::vector<uint8_t> level_memory(level == 0 ? ISAL_DEF_LVL0_DEFAULT : ISAL_DEF_LVL1_DEFAULT);
  const auto compress = [&](const std::string& body, std::string& out) {
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    out.resize(body.size() + 1024);
    stream.level = level;
    stream.level_buf = level_memory.data();
    stream.level_buf_size = static_cast<uint32_t>(level_memory.size());
    stream.gzip_flag = IGZIP_GZIP;
    stream.end_of_stream = 1;
    stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uint32_t>(body.size());
    stream.next_out = reinterpret_cast<uint8_t*>(out.data());
    stream.avail_out = static_cast<uint32_t>(out.size());
    isal_deflate_stateless(&stream);
    out.resize(stream.total_out);
  };
  measure_compression(state, compress, gunzip);
}
BENCHMARK(isal)->Arg(0)->Arg(1);

}  // namespace
}  // namespace cero::bench
