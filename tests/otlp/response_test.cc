// Goal: the reader takes what servers send, garbage included, and what it gives back is fit for a
// log. Method: bodies made with the protobuf messages or by hand.
#include "otlp/response.h"

#include <gtest/gtest.h>

#include <string>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

std::string partial_success(int64_t rejected, const std::string& message) {
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

std::string status(const std::string& message) {
  otlp::ErrorStatus error;
  error.set_code(3);
  error.set_message(message);
  return error.SerializeAsString();
}

TEST(ExportResponse, is_a_full_success_when_empty) {
  const auto response = read_export_response("");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->rejected_spans, 0);
  EXPECT_EQ(response->message, "");
}

TEST(ExportResponse, is_a_full_success_with_an_empty_partial_success) {
  const auto response = read_export_response(std::string("\x0a\x00", 2));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->rejected_spans, 0);
}

TEST(ExportResponse, tells_rejected_spans_and_why) {
  const auto response = read_export_response(partial_success(7, "too old"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->rejected_spans, 7);
  EXPECT_EQ(response->message, "too old");
}

TEST(ExportResponse, tells_a_negative_count_as_it_is) {
  EXPECT_EQ(read_export_response(partial_success(-5, ""))->rejected_spans, -5);
}

TEST(ExportResponse, tells_the_count_beside_a_message_that_is_not_utf8) {
  testing::internal::CaptureStderr();
  const auto response = read_export_response(partial_success(3, "bad \xff\xfe name"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->rejected_spans, 3);
  EXPECT_EQ(response->message, "bad \uFFFD\uFFFD name");
}

TEST(ExportResponse, is_nothing_for_other_content) {
  EXPECT_FALSE(read_export_response("OK"));
  EXPECT_FALSE(read_export_response("{}"));
  EXPECT_FALSE(read_export_response("<html>hello</html>"));
}

TEST(ExportResponse, is_nothing_when_cut_anywhere_inside_the_message) {
  const std::string whole = partial_success(300, "reason");
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(read_export_response(whole.substr(0, size))) << size;
  }
}

TEST(ErrorMessage, is_that_of_the_status) {
  EXPECT_EQ(read_error_message(status("bad trace id"), "application/x-protobuf"), "bad trace id");
}

TEST(ErrorMessage, is_the_text_of_a_proxy) {
  EXPECT_EQ(read_error_message("<h1>413</h1>", "text/html; charset=utf-8"), "<h1>413</h1>");
  EXPECT_EQ(read_error_message("no", "application/json"), "no");
}

TEST(ErrorMessage, is_the_text_whatever_it_is_called) {
  for (const char* type : {"", "application/problem+json", "application/xml", "application/grpc",
                           "application/x-protobuf", "nonsense"}) {
    EXPECT_EQ(read_error_message("no API key\r\n", type), "no API key  ") << type;
    EXPECT_EQ(read_error_message("cl\u00e9 inconnue", type), "cl\u00e9 inconnue") << type;
    EXPECT_EQ(read_error_message("\u9375\u304c\u306a\u3044", type), "\u9375\u304c\u306a\u3044")
        << type;
    EXPECT_EQ(read_error_message("cl\xe9 inconnue", type), "cl\uFFFD inconnue") << type;
    EXPECT_EQ(read_error_message(status("bad trace id"), type), "bad trace id") << type;
  }
}

TEST(ErrorMessage, is_empty_for_a_status_without_one) {
  EXPECT_EQ(read_error_message(std::string_view("\x08\x03", 2), "application/x-protobuf"), "");
}

TEST(ErrorMessage, is_empty_for_garbage) {
  EXPECT_EQ(read_error_message("\xff\xff\xff", "application/x-protobuf"), "");
  EXPECT_EQ(read_error_message("", ""), "");
}

TEST(ErrorMessage, holds_no_control_characters) {
  EXPECT_EQ(read_error_message(status("a\nb\x1b[31mc\x7f"), ""), "a b [31mc ");
  EXPECT_EQ(read_error_message(status("a\xc2\x9b"
                                      "31mb \xc2\xa7"),
                               ""),
            "a  31mb \xc2\xa7");
}

TEST(ErrorMessage, is_cut_between_characters) {
  std::string text(255, 'a');
  text += "\xc3\xa4 and more";
  EXPECT_EQ(read_error_message(text, "text/plain"), std::string(255, 'a') + "...");
  EXPECT_EQ(read_error_message(std::string(256, 'b'), "text/plain"), std::string(256, 'b'));
}

}  // namespace
}  // namespace cero::core
