// Compressor: turns a request body into one gzip member.
//
// Threads: one at a time; each export thread owns its own.
// Cost:    libdeflate's state for the level (under 1 MiB) and a scratch buffer as large as the
//          largest body, both kept: once that body was seen, compress() allocates only for *out.
// Format:  always a single gzip member. Some servers read only the first one of several.
#ifndef CERO_CORE_GZIP_COMPRESSOR_H_
#define CERO_CORE_GZIP_COMPRESSOR_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct libdeflate_compressor;

namespace cero::core {

class Compressor {
 public:
  static constexpr int kLevelDefault = 1;
  static constexpr int kLevelMin = 1;
  static constexpr int kLevelMax = 12;

  // Throws std::bad_alloc when there is no memory for the level's state.
  explicit Compressor(int level);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // Replaces *out; its capacity becomes no larger than it needs to be. Throws std::bad_alloc.
  void compress(std::string_view in, std::string* out);

 private:
  libdeflate_compressor* state_;
  std::unique_ptr<char[]> scratch_;
  size_t scratch_bytes_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_GZIP_COMPRESSOR_H_
