// shop-demo. Goal: the main job works, tells the truth when it does not, and leaves nothing
// running. Method: the program itself, for a second or two, on loopback.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "loadgen/child_program.h"
#include "receiver/receiver.h"

namespace cero {
namespace {

using test::ChildProgram;
using test::ProgramOutcome;

class ShopDemo : public testing::Test {
 protected:
  ShopDemo() {
    std::string pattern = testing::TempDir() + "shop-demo-test-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~ShopDemo() override { std::filesystem::remove_all(directory_); }

  std::string json_file() const { return directory_ + "/figures.json"; }
  nlohmann::json figures() const {
    std::ifstream file(json_file());
    return nlohmann::json::parse(file, nullptr, false);
  }

 private:
  std::string directory_;
};

void expect_text(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in:\n" << text;
}

TEST_F(ShopDemo, delivers_every_span_over_http2) {
  const ProgramOutcome outcome =
      test::run_program(CERO_SHOP_DEMO, {"--seconds", "2", "--json", json_file()});
  ASSERT_EQ(outcome.exit_status, 0) << outcome.output << outcome.errors;
  for (const char* part :
       {"└─ ", "SELECT product", "charge card", "recorded", "ring_full", "distinct ids", "p99",
        "HTTP/2", "bytes", "nothing dropped, rejected or in flight"}) {
    expect_text(outcome.output, part);
  }
  const auto object = figures();
  EXPECT_EQ(object["ok"], true);
  EXPECT_GT(object["recorded"], 100);
  EXPECT_EQ(object["exported"], object["recorded"]);
  EXPECT_EQ(object["receiver"]["unique_spans"], object["exported"]);
  EXPECT_EQ(object["http_version"], "2");
  EXPECT_EQ(object["services"].size(), 2u);
  EXPECT_GT(object["span_ns"]["p50"], 0);
  EXPECT_LT(object["bytes_per_span"]["wire"], object["bytes_per_span"]["encoded"]);
  EXPECT_GT(object["shop_requests"]["by_status"]["201"], 0);
}

TEST_F(ShopDemo, delivers_over_http1_when_asked) {
  const ProgramOutcome outcome = test::run_program(
      CERO_SHOP_DEMO, {"--seconds", "0.5", "--http", "1.1", "--json", json_file()});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(figures()["http_version"], "1.1");
}

TEST_F(ShopDemo, sends_to_a_backend_of_the_users_own_with_its_headers) {
  receiver::ReceiverOptions options;
  options.keep_requests = true;
  auto receiver = receiver::Receiver::start(std::move(options));
  ASSERT_TRUE(receiver);
  const ProgramOutcome outcome = test::run_program(
      CERO_SHOP_DEMO,
      {"--seconds", "0.5", "--endpoint", (*receiver)->urls().front(), "--json", json_file()},
      {"OTEL_EXPORTER_OTLP_HEADERS=x-api-key=mackerel"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.output << outcome.errors;
  expect_text(outcome.output, "was not counted");
  EXPECT_EQ(figures()["receiver"], nullptr);
  EXPECT_EQ(figures()["exported"], (*receiver)->counts().unique_spans);
  const auto requests = (*receiver)->take_requests();
  ASSERT_FALSE(requests.empty());
  EXPECT_EQ(receiver::header_value(requests.front().request.headers, "x-api-key"), "mackerel");
}

TEST_F(ShopDemo, says_so_when_the_backend_is_dead) {
  // A port that was free a moment ago, so that nobody listens.
  std::string url;
  {
    auto receiver = receiver::Receiver::start({});
    ASSERT_TRUE(receiver);
    url = (*receiver)->urls().front();
  }
  const ProgramOutcome outcome = test::run_program(
      CERO_SHOP_DEMO, {"--seconds", "0.3", "--endpoint", url, "--json", json_file()});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.output << outcome.errors;
  expect_text(outcome.output, "NOT AS PROMISED: spans dropped");
  const auto object = figures();
  EXPECT_EQ(object["ok"], false);
  EXPECT_EQ(object["exported"], 0);
  EXPECT_EQ(object["dropped"]["after_shutdown"], object["recorded"]);
}

TEST_F(ShopDemo, ends_its_services_on_an_interrupt) {
  receiver::ReceiverOptions options;
  auto receiver = receiver::Receiver::start(std::move(options));
  ASSERT_TRUE(receiver);
  ChildProgram program(CERO_SHOP_DEMO,
                       {"--seconds", "3600", "--endpoint", (*receiver)->urls().front()},
                       {"OTEL_BSP_SCHEDULE_DELAY=50"});
  ASSERT_TRUE((*receiver)->wait_for_spans(50, std::chrono::seconds(60)));
  program.send(SIGINT);
  // The services write to the same standard error: wait() would not return while one of them lived.
  const ProgramOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 130) << outcome.output << outcome.errors;
  expect_text(outcome.errors, "stopped");
}

TEST_F(ShopDemo, tells_a_wrong_option_with_its_fix) {
  const ProgramOutcome outcome = test::run_program(CERO_SHOP_DEMO, {"--endpoint", "https://host"});
  EXPECT_EQ(outcome.exit_status, 2);
  expect_text(outcome.errors, "https://host/v1/traces");
  const ProgramOutcome help = test::run_program(CERO_SHOP_DEMO, {"--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* flag : {"--seconds", "--http", "--endpoint", "--json"})
    expect_text(help.output, flag);
}

}  // namespace
}  // namespace cero
