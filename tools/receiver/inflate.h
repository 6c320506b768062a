// Inflates gzip bodies, all members of them, into memory that is used again.
#ifndef CERO_TOOLS_RECEIVER_INFLATE_H_
#define CERO_TOOLS_RECEIVER_INFLATE_H_

#include <libdeflate.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace cero::receiver {

class Inflater {
 public:
  enum class Outcome { ok, malformed, too_large };

  struct Result {
    Outcome outcome = Outcome::ok;
    std::string_view bytes;  // valid until the next call
  };

  Inflater();
  Result inflate(std::string_view gzip, size_t bytes_max);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* decompressor) const;
  };

  void grow(size_t bytes, size_t bytes_used);

  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;
  std::unique_ptr<char[]> buffer_;  // not a string: growing one would write it twice
  size_t buffer_bytes_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_INFLATE_H_
