// Goal: RetryInfo is found among a status's details, and an absurd delay does no harm.
// Method: statuses made with the protobuf messages or by hand.
#include "otlp/error_details.h"

#include <gtest/gtest.h>

#include <string>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

void add_detail(otlp::ErrorStatus& status, const std::string& type, const std::string& value) {
  otlp::Any* detail = status.add_details();
  detail->set_type_url(type);
  detail->set_value(value);
}

std::string retry_info(int64_t seconds, int32_t nanos) {
  otlp::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(seconds);
  info.mutable_retry_delay()->set_nanos(nanos);
  return info.SerializeAsString();
}

std::string status_with(const std::string& type, const std::string& value) {
  otlp::ErrorStatus status;
  add_detail(status, type, value);
  return status.SerializeAsString();
}

TEST(RetryInfo, is_read_from_the_bytes_every_server_writes) {
  // code 8, then an Any with its type's URL and a Duration of 1.5 s.
  const std::string url = "type.googleapis.com/google.rpc.RetryInfo";
  const std::string info = "\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01";
  const std::string any = "\x0a" + std::string(1, static_cast<char>(url.size())) + url + "\x12" +
                          std::string(1, static_cast<char>(info.size())) + info;
  const std::string status = "\x08\x08\x1a" + std::string(1, static_cast<char>(any.size())) + any;
  EXPECT_EQ(read_retry_info(status), 1'500ms);
}

TEST(RetryInfo, is_found_behind_other_details) {
  otlp::ErrorStatus status;
  add_detail(status, "type.googleapis.com/google.rpc.DebugInfo", "\xff");
  add_detail(status, "example.org/google.rpc.RetryInfo", retry_info(2, 0));
  EXPECT_EQ(read_retry_info(status.SerializeAsString()), 2s);
}

TEST(RetryInfo, counts_without_a_delay) {
  EXPECT_EQ(read_retry_info(status_with("x/google.rpc.RetryInfo", "")), 0s);
}

TEST(RetryInfo, is_absent_from_anything_else) {
  EXPECT_FALSE(read_retry_info(""));
  EXPECT_FALSE(read_retry_info("\xff\xff"));
  EXPECT_FALSE(read_retry_info(status_with("x/google.rpc.QuotaFailure", retry_info(1, 0))));
  EXPECT_FALSE(read_retry_info(status_with("x/google.rpc.RetryInfo", "\xff")));
}

TEST(RetryInfo, is_held_between_no_time_and_a_day) {
  const auto read = [](int64_t seconds, int32_t nanos) {
    return read_retry_info(status_with("x/google.rpc.RetryInfo", retry_info(seconds, nanos)));
  };
  EXPECT_EQ(read(-5, 0), 0s);
  EXPECT_EQ(read(0, -1), 0s);
  EXPECT_EQ(read(1, 2'000'000'000), 1'999'999'999ns);
  EXPECT_EQ(read(INT64_MAX, INT32_MAX), 24h);
}

}  // namespace
}  // namespace cero::core
