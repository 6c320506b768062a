// Goal: a body becomes what the options and the endpoints ask for, and can be had back from that.
// Method: what was packed is unpacked and compared.
#include "export/body_packer.h"

#include <gtest/gtest.h>

#include <vector>

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
  packed.encoding = packer.pack({.body = body}, &packed.bytes);
  return packed;
}

TEST(BodyPacker, leaves_a_body_as_it_is_without_compression) {
  BodyPacker packer({.compression = Compression::none});
  const Packed packed = pack(packer, "body");
  EXPECT_EQ(packed.encoding, ContentEncoding::identity);
  EXPECT_EQ(packed.bytes, "body");
}

TEST(BodyPacker, leaves_a_body_as_it_is_when_it_is_told_to) {
  for (const Protocol protocol : {Protocol::http_protobuf, Protocol::grpc}) {
    BodyPacker packer({.protocol = protocol, .compression = Compression::gzip});
    Packed packed{};
    packed.encoding = packer.pack({.body = "body", .compress = false}, &packed.bytes);
    EXPECT_EQ(packed.encoding, ContentEncoding::identity);
    EXPECT_TRUE(packed.bytes.ends_with("body"));
  }
}

TEST(BodyPacker, makes_gzip_of_any_level) {
  const std::string body = test::sample_text(10'000);
  for (const std::optional<int> level : {std::optional<int>(), {1}, {12}}) {
    BodyPacker packer({.compression = Compression::gzip, .compression_level = level});
    const Packed packed = pack(packer, body);
    EXPECT_EQ(packed.encoding, ContentEncoding::gzip);
    EXPECT_EQ(test::inflate_gzip(packed.bytes, body.size()), body);
  }
}

TEST(BodyPacker, makes_gzip_where_zstd_is_not_taken) {
  if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  const std::string body = test::sample_text(10'000);
  BodyPacker packer({.compression = Compression::zstd});
  EXPECT_EQ(pack(packer, body).encoding, ContentEncoding::zstd);
  Packed gzip{};
  gzip.encoding = packer.pack({.body = body, .takes_zstd = false}, &gzip.bytes);
  EXPECT_EQ(gzip.encoding, ContentEncoding::gzip);
  EXPECT_EQ(test::inflate_gzip(gzip.bytes, body.size()), body);
  EXPECT_EQ(pack(packer, body).encoding, ContentEncoding::zstd) << "for another endpoint";
}

std::vector<Exporter> kinds() {
  std::vector<Exporter> kinds{{.compression = Compression::none},
                              {.compression = Compression::gzip},
                              {.protocol = Protocol::grpc, .compression = Compression::none},
                              {.protocol = Protocol::grpc, .compression = Compression::gzip}};
  if (has_zstd()) kinds.push_back({.compression = Compression::zstd});
  return kinds;
}

TEST(BodyPacker, unpacks_what_it_packed) {
  const std::string body = test::sample_text(10'000);
  for (const Exporter& options : kinds()) {
    BodyPacker packer(options);
    const Packed packed = pack(packer, body);
    std::string again;
    ASSERT_TRUE(packer.unpack({packed.bytes, packed.encoding, 10'000}, &again));
    EXPECT_EQ(again, body);
    Packed same{packed.encoding, {}};
    packer.pack_as(packed.encoding, body, &same.bytes);
    ASSERT_TRUE(packer.unpack({same.bytes, same.encoding, 10'000}, &again));
    EXPECT_EQ(again, body);
  }
}

TEST(BodyPacker, unpacks_no_damaged_body) {
  const std::string body = test::sample_text(10'000);
  for (const Exporter& options : kinds()) {
    BodyPacker packer(options);
    const Packed packed = pack(packer, body);
    std::string again;
    for (const size_t size : {size_t{0}, size_t{3}, packed.bytes.size() - 1}) {
      const std::string_view cut = std::string_view(packed.bytes).substr(0, size);
      EXPECT_FALSE(packer.unpack({cut, packed.encoding, 10'000}, &again));
    }
    for (const uint32_t size : {9'999u, 10'001u})
      EXPECT_FALSE(packer.unpack({packed.bytes, packed.encoding, size}, &again)) << size;
  }
}

}  // namespace
}  // namespace cero::core
