// cero-loadgen as a program. Goal: its ledger is what a receiver has seen, whatever the receiver
// answers. Method: the program against a receiver in this process.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "loadgen/child_program.h"
#include "receiver/receiver.h"

namespace cero::loadgen {
namespace {

using receiver::Receiver;
using receiver::ReceiverOptions;
using test::ChildProgram;
using test::ProgramOutcome;

constexpr std::chrono::seconds kPatience{60};

std::unique_ptr<Receiver> start_receiver(ReceiverOptions options = {}) {
  auto receiver = Receiver::start(std::move(options));
  EXPECT_TRUE(receiver) << receiver.error().message();
  return *std::move(receiver);
}

// As fast as a sanitizer allows, for a third of a second.
std::vector<std::string> arguments_for(const Receiver& receiver) {
  return {
      "--endpoint", receiver.urls().front(), "--rate", "5000", "--seconds", "0.3", "--threads", "2",
      "--json"};
}

nlohmann::json object_in(const ProgramOutcome& outcome) {
  auto object = nlohmann::json::parse(outcome.output, nullptr, false);
  EXPECT_TRUE(object.is_object()) << outcome.output << outcome.errors;
  return object;
}

TEST(LoadgenProgram, ledger_equals_what_the_receiver_counted) {
  const auto receiver = start_receiver();
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments_for(*receiver));
  const auto object = object_in(outcome);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  const receiver::Counts counts = receiver->counts();
  EXPECT_GT(counts.spans, 0u);
  EXPECT_EQ(object["recorded"], counts.unique_spans);
  EXPECT_EQ(object["exported"], counts.unique_spans);
  EXPECT_EQ(object["requests"], counts.requests);
  EXPECT_EQ(object["bytes_wire"], counts.bytes);
  EXPECT_EQ(object["connections"], counts.connections);
  EXPECT_EQ(object["http_version"], "1.1");
  EXPECT_GT(object["rss_bytes"], 0);
  EXPECT_GT(object["cpu_seconds"]["total"], 0);
  EXPECT_NE(outcome.errors.find("subtracted"), std::string::npos);
}

TEST(LoadgenProgram, table_ends_the_run_without_json) {
  const auto receiver = start_receiver();
  auto arguments = arguments_for(*receiver);
  arguments.pop_back();
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("recorded"), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.errors, "");  // the progress line is for terminals
}

TEST(LoadgenProgram, interrupt_ends_it_with_a_balanced_ledger) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto receiver = start_receiver();
    ChildProgram program(CERO_LOADGEN,
                         {"--endpoint", receiver->urls().front(), "--seconds", "3600", "--json"},
                         {"OTEL_BSP_SCHEDULE_DELAY=50"});
    ASSERT_TRUE(receiver->wait_for_spans(100, kPatience));
    program.send(signal);
    program.send(signal);  // as timeout(1) does, which must not cost the ledger
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
    const auto object = object_in(outcome);
    EXPECT_EQ(object["exported"], receiver->counts().unique_spans);
    EXPECT_LT(object["seconds"], 3600);
  }
}

// The sanitizers of gcc 12 let no child of a process with threads go on
// (tests/stress/CMakeLists.txt).
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(LoadgenProgram, forks_have_one_summed_ledger) {
  const auto receiver = start_receiver();
  auto arguments = arguments_for(*receiver);
  arguments.insert(arguments.end(), {"--forks", "3"});
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  const auto object = object_in(outcome);
  const receiver::Counts counts = receiver->counts();
  EXPECT_GT(counts.spans, 0u);
  EXPECT_EQ(object["recorded"], counts.unique_spans) << "no id twice among the processes";
  EXPECT_EQ(object["exported"], counts.spans);
  EXPECT_EQ(object["requests"], counts.requests);
  EXPECT_GE(counts.connections, 3u) << "each has its own";
  EXPECT_GT(object["span_ns"]["max"], 0);
}

TEST(LoadgenProgram, interrupt_ends_forks_with_a_balanced_ledger) {
  const auto receiver = start_receiver();
  ChildProgram program(
      CERO_LOADGEN,
      {"--endpoint", receiver->urls().front(), "--seconds", "3600", "--forks", "2", "--json"},
      {"OTEL_BSP_SCHEDULE_DELAY=50"});
  ASSERT_TRUE(receiver->wait_for_spans(100, kPatience));
  program.send(SIGTERM);
  const ProgramOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  EXPECT_EQ(object_in(outcome)["exported"], receiver->counts().unique_spans);
}
#endif

TEST(LoadgenProgram, the_next_endpoint_takes_what_the_first_does_not) {
  ReceiverOptions unavailable;
  unavailable.on_request = [](const receiver::RequestInfo&) {
    return receiver::error_reply(503, "later");
  };
  const auto first = start_receiver(std::move(unavailable));
  const auto second = start_receiver();
  auto arguments = arguments_for(*first);
  arguments.insert(arguments.end(), {"--endpoint", second->urls().front()});
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  EXPECT_GT(first->counts().requests, 0u);
  EXPECT_EQ(object_in(outcome)["recorded"], second->counts().unique_spans);
}

TEST(LoadgenProgram, refused_spans_are_dropped_and_fail_the_run) {
  ReceiverOptions options;
  options.on_request = [](const receiver::RequestInfo&) {
    return receiver::error_reply(400, "no");
  };
  const auto receiver = start_receiver(std::move(options));
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments_for(*receiver));
  EXPECT_EQ(outcome.exit_status, 1);
  const auto object = object_in(outcome);
  EXPECT_EQ(object["exported"], 0);
  EXPECT_EQ(object["dropped"]["permanent_error"], object["recorded"]);
  EXPECT_EQ(object["in_flight"], 0);
}

TEST(LoadgenProgram, rejected_spans_fail_the_run) {
  ReceiverOptions options;
  std::atomic<int> requests = 0;
  options.on_request = [&](const receiver::RequestInfo&) {
    receiver::Reply reply;
    if (requests++ == 0) reply.partial_success = {.rejected_spans = 3, .message = "three too many"};
    return reply;
  };
  const auto receiver = start_receiver(std::move(options));
  const ProgramOutcome outcome = test::run_program(CERO_LOADGEN, arguments_for(*receiver));
  EXPECT_EQ(outcome.exit_status, 1);
  const auto object = object_in(outcome);
  EXPECT_EQ(object["rejected"], 3);
  EXPECT_EQ(object["exported"], receiver->counts().spans);
}

TEST(LoadgenProgram, flags_win_over_variables_and_variables_fill_the_rest) {
  ReceiverOptions options;
  options.keep_requests = true;
  const auto receiver = start_receiver(std::move(options));
  const ProgramOutcome outcome = test::run_program(
      CERO_LOADGEN, arguments_for(*receiver),
      {"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1",
       "OTEL_EXPORTER_OTLP_HEADERS=x-fish=mackerel", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  const auto requests = receiver->take_requests();
  ASSERT_FALSE(requests.empty());
  EXPECT_EQ(receiver::header_value(requests.front().request.headers, "x-fish"), "mackerel");
  EXPECT_EQ(receiver::header_value(requests.front().request.headers, "content-encoding"), "gzip");
}

TEST(LoadgenProgram, wrong_options_exit_with_2_and_say_why) {
  const ProgramOutcome outcome =
      test::run_program(CERO_LOADGEN, {"--endpoint", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_NE(outcome.errors.find("http://127.0.0.1:1/v1/traces"), std::string::npos)
      << outcome.errors;
  // What only the library can judge.
  const ProgramOutcome h2 = test::run_program(
      CERO_LOADGEN, {"--endpoint", "http://127.0.0.1:1/v1/traces", "--http", "2"});
  EXPECT_EQ(h2.exit_status, 2);
  EXPECT_NE(h2.errors.find("http_version"), std::string::npos) << h2.errors;
  const ProgramOutcome little = test::run_program(
      CERO_LOADGEN, {"--endpoint", "http://127.0.0.1:1/v1/traces", "--memory-max", "16"});
  EXPECT_EQ(little.exit_status, 2) << "16 MiB are too few for batches of the default size";
  EXPECT_NE(little.errors.find("memory_max"), std::string::npos) << little.errors;
}

}  // namespace
}  // namespace cero::loadgen
