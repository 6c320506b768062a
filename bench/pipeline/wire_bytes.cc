// Question: how many bytes does a span take on the wire at 100k spans/s, and how many would zlib 6
//           have made of the same bodies?
// Load:     100k spans/s, gzip at its default, HTTP/1.1 on loopback to a receiver in this process,
//           which gives the bodies back as they were before compression.
// Excluded: the first second's idle batches are not; headers are. Time is measured elsewhere.
#include <zlib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cero/cero.h"
#include "loadgen/pacer.h"
#include "receiver/receiver.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

constexpr double kSpansPerSecond = 100'000;

class ZlibSizes {
 public:
  ZlibSizes() {
    constexpr int kGzipWindow = 15 + 16;
    constexpr int kMemoryLevelDefault = 8;
    if (deflateInit2(&stream_, 6, Z_DEFLATED, kGzipWindow, kMemoryLevelDefault,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("zlib has no memory");
    }
  }
  ~ZlibSizes() { deflateEnd(&stream_); }
  ZlibSizes(const ZlibSizes&) = delete;
  ZlibSizes& operator=(const ZlibSizes&) = delete;

  size_t of(const std::string& body) {
    deflateReset(&stream_);
    out_.resize(deflateBound(&stream_, body.size()));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = out_.data();
    stream_.avail_out = static_cast<uInt>(out_.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib did not end");
    return stream_.total_out;
  }

 private:
  z_stream stream_{};
  std::vector<Bytef> out_;
};

void record(TracerProvider& provider, double seconds) {
  using loadgen::Clock;
  Tracer tracer = provider.get_tracer("bench");
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  loadgen::Pacer pacer(kSpansPerSecond, Clock::now());
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  while (Clock::now() < end) {
    for (uint64_t due = pacer.take_due(Clock::now(), 256); due > 0; --due)
      record_span<5>(tracer, varying, parents);
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

nlohmann::ordered_json measure(double seconds) {
  // Bodies of a run of seconds fit in memory: about 25 MB a second.
  auto backend = receiver::Receiver::start({.keep_requests = true, .count_unique = false});
  if (!backend) throw std::runtime_error(backend.error().message());
  auto provider = TracerProvider::create(
      {.exporter = {.endpoint = (*backend)->urls()[0], .compression = Compression::gzip}});
  if (!provider) throw std::runtime_error(provider.error().message());
  record(*provider, seconds);
  if (!provider->force_flush()) throw std::runtime_error("the flush failed");
  const Stats stats = provider->stats();
  const receiver::Counts counts = (*backend)->counts();
  if (counts.spans != stats.recorded) throw std::runtime_error("spans were lost");

  ZlibSizes zlib;
  size_t plain = 0;
  size_t zlib6 = 0;
  for (const receiver::ReceivedRequest& request : (*backend)->take_requests()) {
    plain += request.request.body.size();
    zlib6 += zlib.of(request.request.body);
  }
  return {{"spans", counts.spans}, {"sent", counts.bytes}, {"zlib6", zlib6}, {"plain", plain}};
}

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) try {
  double seconds = 5;
  CLI::App app("Bytes of a span on the wire, against zlib 6 over the same bodies.", "wire_bytes");
  app.add_option("--seconds", seconds, "How long spans are made")->check(CLI::Range(0.1, 60.0));
  CLI11_PARSE(app, argc, argv);
  std::puts(cero::bench::measure(seconds).dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "wire_bytes: %s\n", error.what());
  return 1;
}
