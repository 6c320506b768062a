// Inflates gzip and zstd bodies, all members or frames of them, into memory that is used again.
#ifndef CERO_TOOLS_RECEIVER_INFLATE_H_
#define CERO_TOOLS_RECEIVER_INFLATE_H_

#include <libdeflate.h>

#include <cstddef>
#include <memory>
#include <string_view>

struct ZSTD_DCtx_s;

namespace cero::receiver {

class Inflater {
 public:
  enum class Outcome { ok, malformed, too_large };

  struct Result {
    Outcome outcome = Outcome::ok;
    std::string_view bytes;  // valid until the next call
  };

  Inflater();
  ~Inflater();
  Result inflate_gzip(std::string_view gzip, size_t bytes_max);

  // A build may be without libzstd: inflate_zstd.cc or inflate_zstd_absent.cc is compiled, and
  // inflate_zstd() must not be called without it.
  static bool knows_zstd();
  Result inflate_zstd(std::string_view zstd, size_t bytes_max);

 private:
  struct FreeGzip {
    void operator()(libdeflate_decompressor* decompressor) const;
  };
  struct FreeZstd {
    void operator()(ZSTD_DCtx_s* decompressor) const;
  };

  void grow(size_t bytes, size_t bytes_used);

  std::unique_ptr<libdeflate_decompressor, FreeGzip> gzip_;
  std::unique_ptr<ZSTD_DCtx_s, FreeZstd> zstd_;  // made by the first zstd body
  std::unique_ptr<char[]> buffer_;               // not a string: growing one would write it twice
  size_t buffer_bytes_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_INFLATE_H_
