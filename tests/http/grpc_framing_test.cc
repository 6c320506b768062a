// Goal: a message's prefix says its length and whether it is compressed, and an answer that is not
// exactly one message is found out.
#include "http/grpc_framing.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using namespace std::literals;

std::string framed(std::string_view message, ContentEncoding encoding = ContentEncoding::identity) {
  std::string body = std::string(kGrpcPrefixBytes, 'x').append(message);
  set_grpc_prefix(encoding, &body);
  return body;
}

TEST(GrpcFraming, puts_flag_and_big_endian_length_in_front) {
  EXPECT_EQ(framed(""), "\0\0\0\0\0"sv);
  EXPECT_EQ(framed("abc"), "\0\0\0\0\3abc"sv);
  EXPECT_EQ(framed("abc", ContentEncoding::gzip), "\1\0\0\0\3abc"sv);
  EXPECT_EQ(framed(std::string(0x010203, 'y')).substr(0, kGrpcPrefixBytes), "\0\0\1\2\3"sv);
}

TEST(GrpcFraming, reads_what_it_wrote) {
  const std::string plain = framed("abc");
  const std::string compressed = framed(std::string(70'000, 'z'), ContentEncoding::gzip);
  EXPECT_EQ(read_grpc_message(plain)->bytes, "abc");
  EXPECT_FALSE(read_grpc_message(plain)->compressed);
  EXPECT_EQ(read_grpc_message(compressed)->bytes.size(), 70'000u);
  EXPECT_TRUE(read_grpc_message(compressed)->compressed);
  EXPECT_EQ(read_grpc_message(framed(""))->bytes, "");
}

TEST(GrpcFraming, refuses_what_is_not_one_message) {
  for (const std::string_view body : {""sv, "\0\0\0\0"sv, "\0\0\0\0\1"sv, "\0\0\0\0\0x"sv,
                                      "\2\0\0\0\1x"sv, "\0\xff\xff\xff\xffx"sv, "<html>"sv}) {
    EXPECT_FALSE(read_grpc_message(body)) << body;
  }
  EXPECT_FALSE(read_grpc_message(framed("a") + framed("b"))) << "a unary call answers once";
}

}  // namespace
}  // namespace cero::core
