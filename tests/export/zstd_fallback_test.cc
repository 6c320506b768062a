// Goal: a backend that refuses zstd loses no span: every batch is sent again as gzip, those that
// wait too, and it is said once. Method: the Sender on a FakeTransport; bodies are decompressed and
// compared; SenderHarness checks the ledger after each round.
#include <gtest/gtest.h>

#include "compress/inflate_gzip.h"
#include "compress/sample_bytes.h"
#include "compress/zstd_compressor.h"
#include "export/sender_harness.h"
#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;
using test::Tokens;

std::string error_status(const std::string& message) {
  otlp::ErrorStatus error;
  error.set_message(message);
  return error.SerializeAsString();
}

class ZstdFallback : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  }

  static std::string body(char fill) { return std::string(10'000, fill); }
  const Post& post(uint64_t token) const {
    for (const Post& post : h_->transport.under_way()) {
      if (post.token == token) return post;
    }
    throw std::out_of_range("not under way");
  }
  void expect_gzip_of(uint64_t token, const std::string& plain) {
    ASSERT_EQ(post(token).encoding, ContentEncoding::gzip);
    EXPECT_EQ(test::inflate_gzip(post(token).body, plain.size()), plain);
  }
  void start(Exporter options = {}) {
    options.compression = Compression::zstd;
    h_.emplace(std::move(options));
  }

  std::optional<SenderHarness> h_;
};

TEST_F(ZstdFallback, sends_zstd_while_it_is_taken) {
  start();
  for (uint64_t token = 1; token <= 3; ++token) {
    h_->submit(2, body('a'));
    h_->run();
    ASSERT_EQ(post(token).encoding, ContentEncoding::zstd);
    std::string plain;
    ASSERT_TRUE(zstd_decompress(post(token).body, body('a').size(), &plain));
    EXPECT_EQ(plain, body('a'));
    h_->answer(token, {});
  }
  EXPECT_EQ(h_->totals().exported, 6u);
  EXPECT_TRUE(h_->lines.empty());
}

TEST_F(ZstdFallback, sends_a_refused_batch_again_as_gzip_and_stays_with_it) {
  for (const auto& answer : std::vector<test::FakeTransport::Answer>{
           {.status = 415},
           {.status = 400, .body = error_status("unsupported Content-Encoding")},
           {.status = 400, .body = "cannot read ZSTD", .content_type = "text/plain"}}) {
    start();
    h_->submit(3, body('a'));
    h_->run();
    h_->answer(1, answer);
    expect_gzip_of(1, body('a'));
    EXPECT_EQ(h_->totals().in_flight, 3u);
    EXPECT_EQ(h_->totals().retries, 1u);
    h_->answer(1, {});
    EXPECT_EQ(h_->totals().exported, 3u);
    h_->submit(1, body('b'));
    h_->run();
    expect_gzip_of(2, body('b'));
    h_->answer(2, {});
    EXPECT_EQ(h_->totals().exported, 4u);
    EXPECT_EQ(h_->totals().requests, 3u);
    ASSERT_EQ(h_->lines.size(), 1u);
    EXPECT_EQ(h_->lines[0].find("the backend at http://localhost:4318/v1/traces does not take "
                                "zstd, everything goes to it as gzip "
                                "from now on: HTTP 4"),
              0u)
        << h_->lines[0];
  }
}

TEST_F(ZstdFallback, repacks_all_that_was_under_way_and_says_it_once) {
  start();
  for (const char fill : {'a', 'b', 'c'}) h_->submit(1, body(fill));
  h_->run();
  ASSERT_EQ(h_->under_way(), (Tokens{1, 2, 3}));
  for (uint64_t token = 1; token <= 3; ++token) h_->answer(token, {.status = 415});
  expect_gzip_of(1, body('a'));
  expect_gzip_of(2, body('b'));
  expect_gzip_of(3, body('c'));
  for (uint64_t token = 1; token <= 3; ++token) h_->answer(token, {});
  EXPECT_EQ(h_->totals().exported, 3u);
  EXPECT_EQ(h_->lines.size(), 1u);
}

TEST_F(ZstdFallback, repacks_what_waits_for_its_turn_or_a_retry) {
  start({.requests_in_flight_max = 2});
  for (const char fill : {'a', 'b', 'c'}) h_->submit(1, body(fill));
  h_->run();
  ASSERT_EQ(h_->under_way(), (Tokens{1, 2}));
  h_->answer(1, {.status = 503, .retry_after = "1"});  // the third one waits as well
  h_->answer(2, {.status = 415});
  h_->advance(2s);
  for (int i = 0; i < 3; ++i) {
    ASSERT_FALSE(h_->under_way().empty());
    const uint64_t token = h_->under_way()[0];
    expect_gzip_of(token, body(static_cast<char>('a' + token - 1)));
    h_->answer(token, {});
  }
  EXPECT_EQ(h_->totals().exported, 3u);
  EXPECT_TRUE(h_->sender.idle());
}

TEST_F(ZstdFallback, drops_what_is_refused_as_gzip_too) {
  start();
  h_->submit(5, body('a'));
  h_->run();
  h_->answer(1, {.status = 415});
  h_->answer(1, {.status = 415});
  EXPECT_EQ(h_->totals().dropped.permanent_error, 5u);
  EXPECT_EQ(h_->totals().requests, 2u);
  EXPECT_TRUE(h_->sender.idle());
}

TEST_F(ZstdFallback, takes_a_400_about_anything_else_as_a_refusal_of_the_spans) {
  start();
  h_->submit(5, body('a'));
  h_->run();
  h_->answer(1, {.status = 400, .body = error_status("span without a name")});
  EXPECT_EQ(h_->totals().dropped.permanent_error, 5u);
  EXPECT_EQ(h_->totals().requests, 1u);
}

TEST_F(ZstdFallback, accounts_for_the_memory_of_what_it_repacks) {
  start();
  h_->submit(1, test::sample_noise(20'000));
  h_->run();
  h_->answer(1, {.status = 415});
  h_->answer(1, {});
  h_->submit(1, body('b'));
  h_->run();
  h_->sender.drop_all();
  h_->expect_balance();
  EXPECT_EQ(h_->totals().dropped.after_shutdown, 1u);
}

TEST(Sender, takes_a_415_for_gzip_as_a_refusal) {
  SenderHarness h({.compression = Compression::gzip});
  h.submit(2, std::string(1'000, 'a'));
  h.run();
  h.answer(1, {.status = 415});
  EXPECT_EQ(h.totals().dropped.permanent_error, 2u);
}

}  // namespace
}  // namespace cero::core
