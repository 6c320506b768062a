// Goal: what gRPC writes into headers is read as it is written by any server, malformed values
// included.
#include "http/grpc_header.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using namespace std::literals;

TEST(GrpcTimeout, is_in_milliseconds_and_never_too_long) {
  EXPECT_EQ(grpc_timeout(1ms), "1m");
  EXPECT_EQ(grpc_timeout(10s), "10000m");
  EXPECT_EQ(grpc_timeout(1h), "3600000m") << "the longest that the option allows";
}

TEST(PercentDecode, decodes_escapes_in_either_case) {
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("plain text"), "plain text");
  EXPECT_EQ(percent_decode("100%25"), "100%");
  EXPECT_EQ(percent_decode("sm%C3%b6rg%c3%A5s"), "sm\xc3\xb6rg\xc3\xa5s");
  EXPECT_EQ(percent_decode("a+b"), "a+b") << "no form encoding";
}

TEST(PercentDecode, keeps_what_is_no_escape) {
  for (const std::string text : {"%", "50 %", "%4", "%zz", "%4g", "a%%"}) {
    EXPECT_EQ(percent_decode(text), text);
  }
  EXPECT_EQ(percent_decode("%%41"), "%A");
}

TEST(Base64Decode, takes_values_with_and_without_padding) {
  EXPECT_EQ(base64_decode(""), "");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zg"), "f");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64_decode("Zm9v"), "foo");
  EXPECT_EQ(base64_decode("Zm9vYmE"), "fooba");
  EXPECT_EQ(base64_decode("AP+/"), "\0\xff\xbf"sv);
}

TEST(Base64Decode, refuses_what_is_none) {
  for (const char* text : {"Z", "Zm9vY", "Zm 9", "Zm9-", "Z=9v", "\xff"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

}  // namespace
}  // namespace cero::core
