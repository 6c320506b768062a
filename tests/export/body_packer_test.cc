// Goal: a body becomes what the options ask for, and a refused one can be made anew as gzip.
// Method: what was packed is unpacked and compared.
#include "export/body_packer.h"

#include <gtest/gtest.h>

#include "compress/inflate_gzip.h"
#include "compress/sample_bytes.h"
#include "compress/zstd_compressor.h"

namespace cero::core {
namespace {

struct Packed {
  ContentEncoding encoding;
  std::string bytes;
};

Packed pack(BodyPacker& packer, std::string_view body) {
  Packed packed{};
  packed.encoding = packer.pack({.body = body, .now = TimePoint{}}, &packed.bytes);
  return packed;
}

BodyPacker zstd_packer() { return {{.compression = Compression::zstd}, TimePoint{}}; }

TEST(BodyPacker, leaves_a_body_as_it_is_without_compression) {
  BodyPacker packer({.compression = Compression::none}, TimePoint{});
  const Packed packed = pack(packer, "body");
  EXPECT_EQ(packed.encoding, ContentEncoding::identity);
  EXPECT_EQ(packed.bytes, "body");
}

TEST(BodyPacker, makes_gzip_of_any_level) {
  const std::string body = test::sample_text(10'000);
  for (const std::optional<int> level : {std::optional<int>(), {1}, {12}}) {
    BodyPacker packer({.compression = Compression::gzip, .compression_level = level}, TimePoint{});
    const Packed packed = pack(packer, body);
    EXPECT_EQ(packed.encoding, ContentEncoding::gzip);
    EXPECT_EQ(test::inflate_gzip(packed.bytes, body.size()), body);
  }
}

TEST(BodyPacker, makes_gzip_once_zstd_was_refused_and_of_what_was_zstd) {
  if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  const std::string body = test::sample_text(10'000);
  BodyPacker packer = zstd_packer();
  const Packed zstd = pack(packer, body);
  EXPECT_EQ(zstd.encoding, ContentEncoding::zstd);
  EXPECT_FALSE(packer.is_refused(zstd.encoding));
  EXPECT_TRUE(packer.refuse_zstd());
  EXPECT_FALSE(packer.refuse_zstd()) << "only once is news";
  EXPECT_TRUE(packer.is_refused(zstd.encoding));
  std::string again;
  ASSERT_TRUE(packer.repack(zstd.bytes, TimePoint{}, &again));
  EXPECT_EQ(test::inflate_gzip(again, body.size()), body);
  EXPECT_EQ(pack(packer, body).encoding, ContentEncoding::gzip);
}

TEST(BodyPacker, repacks_no_damaged_body) {
  if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  BodyPacker packer = zstd_packer();
  const Packed zstd = pack(packer, test::sample_text(10'000));
  packer.refuse_zstd();
  std::string again;
  EXPECT_FALSE(packer.repack(zstd.bytes.substr(0, 100), TimePoint{}, &again));
  BodyPacker other = zstd_packer();
  const Packed larger = pack(other, test::sample_text(10'001));
  EXPECT_FALSE(packer.repack(larger.bytes, TimePoint{}, &again)) << "it never saw such a body";
}

}  // namespace
}  // namespace cero::core
