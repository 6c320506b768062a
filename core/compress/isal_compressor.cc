#include "compress/isal_compressor.h"

#include <isa-l/igzip_lib.h>

#include <cstdint>
#include <new>

#include "base/assert.h"

namespace cero::core {
namespace {

// 2 takes as long as 1 for 1 % fewer bytes; 0 makes a sixth more; 3 takes three times as long.
constexpr uint32_t kLevel = 2;
constexpr uint32_t kLevelBufferBytes = ISAL_DEF_LVL2_DEFAULT;

// At worst everything is stored, in blocks of at most 64 KiB with 5 bytes before each.
constexpr size_t kStoredBlockBytesMax = 65'535;
constexpr size_t kStoredBlockHeaderBytes = 5;
constexpr size_t kGzipHeaderAndTrailerBytes = 18;

class IsalCompressor final : public Compressor {
 public:
  IsalCompressor() : level_buffer_(std::make_unique<uint8_t[]>(kLevelBufferBytes)) {}

  size_t bound(size_t bytes) const override {
    return bytes + (bytes / kStoredBlockBytesMax + 1) * kStoredBlockHeaderBytes +
           kGzipHeaderAndTrailerBytes;
  }

  size_t compress(std::string_view in, char* out) override {
    CERO_ASSERT(in.size() <= UINT32_MAX && bound(in.size()) <= UINT32_MAX);
    isal_deflate_stateless_init(&stream_);
    stream_.level = kLevel;
    stream_.level_buf = level_buffer_.get();
    stream_.level_buf_size = kLevelBufferBytes;
    stream_.gzip_flag = IGZIP_GZIP;
    stream_.end_of_stream = 1;
    stream_.flush = NO_FLUSH;
    // It reads from next_in and declares it as memory it may write to.
    stream_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uint32_t>(in.size());
    stream_.next_out = reinterpret_cast<uint8_t*>(out);
    stream_.avail_out = static_cast<uint32_t>(bound(in.size()));
    const int result = isal_deflate_stateless(&stream_);
    CERO_ASSERT(result == COMP_OK);
    // With room for the bound it knows no way to fail. If it finds one, the caller knows what to do
    // without a body, and not with half of one.
    if (result != COMP_OK) throw std::bad_alloc();
    return stream_.total_out;
  }

 private:
  std::unique_ptr<uint8_t[]> level_buffer_;
  isal_zstream stream_{};
};

}  // namespace

bool has_isal() noexcept { return true; }

std::unique_ptr<Compressor> make_isal_compressor() { return std::make_unique<IsalCompressor>(); }

}  // namespace cero::core
