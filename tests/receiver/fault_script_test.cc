// Goal: a script says what it seems to say, and a wrong one is told line by line, with the fix.
// Method: texts in, steps and messages out.
#include "receiver/fault_script.h"

#include <gtest/gtest.h>

#include <string>

#include "otlp/trace.pb.h"

namespace cero::receiver {
namespace {

using namespace std::chrono_literals;
using Kind = ConnectionFault::Kind;

FaultScript read(std::string_view text) {
  auto script = parse_fault_script(text);
  EXPECT_TRUE(script) << (script ? "" : script.error().message());
  return script ? *std::move(script) : FaultScript{};
}

std::string error_of(std::string_view text) {
  const auto script = parse_fault_script(text);
  return script ? "no error" : script.error().message();
}

// The reply of a script's only step.
Reply reply_of(std::string_view text) {
  const FaultScript script = read(text);
  if (script.steps.size() != 1) return {};
  const Reply* reply = std::get_if<Reply>(&script.steps[0].action.effect);
  EXPECT_NE(reply, nullptr) << text;
  return reply != nullptr ? *reply : Reply{};
}

ConnectionFault connection_of(std::string_view text) {
  const FaultScript script = read(text);
  const ConnectionFault* fault =
      script.steps.size() == 1 ? script.steps[0].action.connection() : nullptr;
  EXPECT_NE(fault, nullptr) << text;
  return fault != nullptr ? *fault : ConnectionFault{};
}

TEST(FaultScript, has_steps_with_their_extent) {
  const FaultScript script = read(
      "# a backend that restarts\n"
      "\n"
      "3 times: ok\n"
      "  status 503   # once\r\n"
      "for 250ms: refuse\n"
      "repeat");
  ASSERT_EQ(script.steps.size(), 3u);
  EXPECT_TRUE(script.repeats);
  EXPECT_EQ(script.steps[0].times, 3u);
  EXPECT_TRUE(script.steps[0].action.is_ok());
  EXPECT_EQ(script.steps[1].times, 1u);
  EXPECT_EQ(script.steps[1].action.text, "status 503");
  EXPECT_EQ(script.steps[2].times, std::nullopt);
  EXPECT_EQ(script.steps[2].time, 250ms);
  EXPECT_FALSE(read("for 2s: close").repeats);
  EXPECT_EQ(read("forever: close").steps[0].times, std::nullopt);
  EXPECT_TRUE(read("").steps.empty());
}

TEST(FaultScript, has_rules_with_their_condition) {
  const FaultScript script = read(
      "when over 64KiB: status 413\n"
      "when encoding zstd: status 415\n"
      "when each 10: reset\n");
  ASSERT_EQ(script.rules.size(), 3u);
  EXPECT_EQ(std::get<BodyOver>(script.rules[0].condition).bytes, 65536u);
  EXPECT_EQ(std::get<EncodingIs>(script.rules[1].condition).name, "zstd");
  EXPECT_EQ(std::get<EachNth>(script.rules[2].condition).number, 10u);
  EXPECT_EQ(script.rules[1].action.text, "status 415");
}

TEST(FaultScript, answers_with_a_status) {
  const Reply reply = reply_of("status 429 retry-after 7 \"too many: wait, please\"");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(header_value(reply.headers, "retry-after"), "7");
  EXPECT_EQ(reply.error, "too many: wait, please");
  const Reply dated = reply_of("status 503 retry-after \"Thu, 01 Jan 2026 00:00:00 GMT\"");
  EXPECT_EQ(header_value(dated.headers, "retry-after"), "Thu, 01 Jan 2026 00:00:00 GMT");
  const Reply elsewhere = reply_of("redirect http://localhost:1/v1/traces");
  EXPECT_EQ(elsewhere.status, 307);
  EXPECT_EQ(header_value(elsewhere.headers, "location"), "http://localhost:1/v1/traces");
}

TEST(FaultScript, answers_with_a_grpc_status_and_over_http_with_what_fits) {
  const Reply reply = reply_of("grpc-status 8 retry-delay 1500ms \"full\"");
  ASSERT_TRUE(reply.grpc);
  EXPECT_EQ(reply.grpc->code, 8);
  EXPECT_EQ(reply.grpc->message, "full");
  EXPECT_EQ(reply.status, 429);
  otlp::ErrorStatus status;
  ASSERT_TRUE(status.ParseFromString(reply.grpc->details));
  otlp::RetryInfo info;
  ASSERT_TRUE(info.ParseFromString(status.details(0).value()));
  EXPECT_EQ(info.retry_delay().seconds(), 1);
  EXPECT_EQ(info.retry_delay().nanos(), 500'000'000);
  for (const auto& [code, http] : {std::pair{14, 503}, {3, 400}, {16, 401}, {1, 500}, {0, 200}}) {
    EXPECT_EQ(reply_of("grpc-status " + std::to_string(code)).status, http);
  }
}

TEST(FaultScript, knows_what_a_broken_answer_counts_as) {
  for (const char* text : {"ok", "partial-success 3 \"old\"", "wrong content-type", "bad gzip",
                           "malformed protobuf", "gzip bomb 1MiB", "trickle 1ms", "goaway",
                           "close after answer", "status 503, stored", "reset, stored"}) {
    EXPECT_TRUE(is_accepted(reply_of(text))) << text;
  }
  for (const char* text : {"status 503", "status 307", "grpc-status 14", "huge 5MiB", "truncated",
                           "garbage", "stall headers", "stall body", "close", "reset",
                           "rst refused_stream", "goaway refused", "redirect http://h/"}) {
    EXPECT_FALSE(is_accepted(reply_of(text))) << text;
  }
  EXPECT_FALSE(says_accepted(reply_of("reset, stored")));
}

TEST(FaultScript, adds_to_an_answer) {
  const Reply reply = reply_of("status 503, delay 20ms, plain http, stored, behind headers");
  EXPECT_EQ(reply.delay, 20ms);
  EXPECT_TRUE(reply.plain_http);
  EXPECT_EQ(reply.accepted, true);
  ASSERT_TRUE(reply.grpc);
  EXPECT_EQ(reply.grpc->code, 14);
  EXPECT_TRUE(reply.grpc->behind_headers);
}

TEST(FaultScript, meets_streams_uploads_and_connections) {
  EXPECT_EQ(reply_of("rst enhance_your_calm").reset_code, 11u);
  EXPECT_EQ(reply_of("rst enhance_your_calm").fault, Fault::reset);
  EXPECT_EQ(std::get<UploadFault>(read("reset upload").steps[0].action.effect), UploadFault::reset);
  EXPECT_EQ(std::get<UploadFault>(read("stall upload").steps[0].action.effect), UploadFault::stall);
  EXPECT_EQ(connection_of("hang up").kind, Kind::hang_up);
  EXPECT_EQ(connection_of("hang up reset").kind, Kind::hang_up_reset);
  EXPECT_EQ(connection_of("window 100").window_bytes, 100u);
  EXPECT_FALSE(connection_of("window 100").window_is_stuck);
  EXPECT_TRUE(connection_of("window 1KiB stuck").window_is_stuck);
  EXPECT_TRUE(read("tls alert").needs_tls());
  EXPECT_FALSE(read("tls alert").needs_certificate());
  EXPECT_TRUE(read("ok\ntls expired").needs_certificate());
  EXPECT_FALSE(read("silence").needs_tls());
}

TEST(FaultScript, tells_every_wrong_line_by_its_number) {
  const std::string error = error_of("status 503\nstatus\n\nexplode\n");
  EXPECT_NE(error.find("line 2: HTTP status is missing"), std::string::npos) << error;
  EXPECT_NE(error.find("line 4: no action is called 'explode'"), std::string::npos) << error;
  EXPECT_EQ(error.find("line 1"), std::string::npos) << error;
}

TEST(FaultScript, says_what_is_wrong_and_what_to_write) {
  const std::pair<const char*, const char*> cases[] = {
      {"status 99", "a number from 200 to 599"},
      {"status 503 now", "'now' is one word too many"},
      {"status 503 \"no end", "has no end"},
      {"status 503 retry-after soon", "'soon' is no number of seconds"},
      {"3 status 503", "'times' must stand where 'status' is"},
      {"0 times: ok", "a number from 1"},
      {"for 3: ok", "'3' is no time"},
      {"for 2h: ok", "250ms, 2s or 1m"},
      {"3 times ok", "':' must stand where 'ok' is"},
      {"trickle", "a time is missing"},
      {"huge 5MB", "'5MB' is no number of bytes"},
      {"rst badly", "one of protocol_error"},
      {"ok, later", "'later' adds nothing"},
      {"refuse", "for example for 2s: refuse"},
      {"2 times: refuse", "cannot be counted"},
      {"tls alert, stored", "has no answer"},
      {"when later: ok", "over BYTES, encoding NAME or each N"},
      {"when each 2: hang up", "make it a step"},
      {"repeat", "no step to repeat"},
      {"forever: ok\nclose", "line 2: never reached"},
      {"ok\nrepeat\nok", "line 3: never reached"},
      {"forever: ok\nrepeat", "line 2: never reached"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_NE(error_of(text).find(expected), std::string::npos) << text << "\n" << error_of(text);
  }
}

TEST(FaultScript, help_names_every_action_it_reads) {
  const std::string help = fault_script_help();
  for (const char* name : {"grpc-status CODE", "stall upload", "window BYTES [stuck]", "repeat",
                           "when over BYTES", ", stored"}) {
    EXPECT_NE(help.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace cero::receiver
