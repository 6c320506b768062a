// quickstart and mackerel. Goal: what the README shows works, and a missing key is told. Method:
// the programs themselves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "loadgen/child_program.h"
#include "otlp/trace.pb.h"
#include "receiver/receiver.h"

namespace cero {
namespace {

TEST(Quickstart, delivers_its_span) {
  receiver::ReceiverOptions options;
  options.keep_requests = true;
  auto receiver = receiver::Receiver::start(std::move(options));
  ASSERT_TRUE(receiver);
  const auto outcome = test::run_program(
      CERO_QUICKSTART, {}, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + (*receiver)->urls().front()});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  EXPECT_EQ(outcome.output + outcome.errors, "");
  const auto requests = (*receiver)->take_requests();
  ASSERT_EQ(requests.size(), 1u);
  otlp::ExportTraceServiceRequest request;
  ASSERT_TRUE(request.ParseFromString(requests.front().request.body));
  const auto& span = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_EQ(span.name(), "hello");
  EXPECT_EQ(span.attributes(0).key(), "answer");
  EXPECT_EQ(span.attributes(0).value().int_value(), 42);
}

TEST(Mackerel, says_which_key_is_missing) {
  unsetenv("MACKEREL_API_KEY");
  for (const std::vector<std::string>& variables :
       {std::vector<std::string>{}, {"MACKEREL_API_KEY="}}) {
    const auto outcome = test::run_program(CERO_MACKEREL, {}, variables);
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_NE(outcome.errors.find("MACKEREL_API_KEY is not set"), std::string::npos)
        << outcome.errors;
  }
}

}  // namespace
}  // namespace cero
