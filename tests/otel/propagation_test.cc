// The API's propagation with cero's reader and writer. Goal: contexts cross processes unharmed,
// also where the API's own types would lose something. Method: a carrier that is a map.
#include "cero/otel/propagation.h"

#include <opentelemetry/baggage/baggage_context.h>
#include <stdlib.h>

#include "otel/api_fixture.h"

namespace cero::test {
namespace {

class Headers final : public api::context::propagation::TextMapCarrier {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<const std::string, std::string>> headers)
      : headers_(headers) {}

  api::nostd::string_view Get(api::nostd::string_view key) const noexcept override {
    const auto found = headers_.find(std::string(key));
    return found == headers_.end() ? api::nostd::string_view() : found->second;
  }
  void Set(api::nostd::string_view key, api::nostd::string_view value) noexcept override {
    headers_[std::string(key)] = std::string(value);
  }

  std::string at(const std::string& key) const {
    const auto found = headers_.find(key);
    return found == headers_.end() ? "" : found->second;
  }
  size_t size() const { return headers_.size(); }

 private:
  std::map<std::string, std::string> headers_;
};

constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class OtelPropagation : public ApiFixture {
 protected:
  ~OtelPropagation() override { unsetenv("OTEL_PROPAGATORS"); }

  // The headers of a child of the request that came with these.
  Headers pass_on(const Headers& incoming) {
    otel::TraceContextPropagator propagator;
    api::context::Context empty;
    trace_api::StartSpanOptions options;
    options.parent = propagator.Extract(incoming, empty);
    const auto span = tracer().StartSpan("child " + std::to_string(++children_), options);
    api::context::Context context;
    Headers outgoing;
    propagator.Inject(outgoing, trace_api::SetSpan(context, span));
    return outgoing;
  }

 private:
  int children_ = 0;
};

TEST_F(OtelPropagation, carries_a_trace_on) {
  const Headers outgoing = pass_on({{"traceparent", kTraceparent}, {"tracestate", "one=1,two=2"}});
  const std::string traceparent = outgoing.at("traceparent");
  EXPECT_EQ(traceparent.substr(0, 36), std::string(kTraceparent).substr(0, 36));
  EXPECT_NE(traceparent.substr(36, 16), std::string(kTraceparent).substr(36, 16));
  EXPECT_EQ(traceparent.substr(52), "-01");
  EXPECT_EQ(outgoing.at("tracestate"), "one=1,two=2");
  EXPECT_EQ(received("child 1").trace_state(), "one=1,two=2");
  EXPECT_EQ(received("child 1").flags(), 0x301u);
}

TEST_F(OtelPropagation, keeps_a_tracestate_that_the_api_refuses) {
  EXPECT_EQ(trace_api::TraceState::FromHeader("a@@b=1,c=2")->ToHeader(), "") << "or this is moot";
  const Headers outgoing = pass_on({{"traceparent", kTraceparent}, {"tracestate", "a@@b=1,c=2"}});
  EXPECT_EQ(outgoing.at("tracestate"), "a@@b=1,c=2");
}

TEST_F(OtelPropagation, keeps_the_random_flag_and_no_other) {
  const std::string ids = std::string(kTraceparent).substr(0, 53);
  EXPECT_EQ(pass_on({{"traceparent", ids + "03"}}).at("traceparent").substr(53), "03");
  EXPECT_EQ(pass_on({{"traceparent", ids + "fd"}}).at("traceparent").substr(53), "01");
}

TEST_F(OtelPropagation, restarts_on_what_it_cannot_read) {
  const std::string two = std::string(kTraceparent) + "," + kTraceparent;
  for (const std::string& traceparent : {std::string(), std::string("nonsense"), two}) {
    const Headers outgoing = pass_on({{"traceparent", traceparent}, {"tracestate", "one=1"}});
    EXPECT_NE(outgoing.at("traceparent").substr(3, 32), std::string(kTraceparent).substr(3, 32));
    EXPECT_EQ(outgoing.at("tracestate"), "");
  }
}

TEST_F(OtelPropagation, injects_nothing_without_a_span) {
  Headers outgoing;
  otel::TraceContextPropagator().Inject(outgoing, api::context::Context());
  EXPECT_EQ(outgoing.size(), 0u);
}

TEST_F(OtelPropagation, sets_the_global_propagator_in_one_call) {
  ASSERT_TRUE(otel::set_global_propagator());
  const auto global = api::context::propagation::GlobalTextMapPropagator::GetGlobalPropagator();
  std::vector<std::string> fields;
  global->Fields([&](api::nostd::string_view field) {
    fields.emplace_back(field);
    return true;
  });
  EXPECT_EQ(fields, (std::vector<std::string>{"traceparent", "tracestate", "baggage"}));
  api::context::Context empty;
  const auto context =
      global->Extract(Headers{{"traceparent", kTraceparent}, {"baggage", "user=7"}}, empty);
  Headers outgoing;
  global->Inject(outgoing, context);
  EXPECT_EQ(outgoing.at("traceparent"), kTraceparent);
  EXPECT_EQ(outgoing.at("baggage"), "user=7");
}

TEST_F(OtelPropagation, sets_what_the_variable_lists) {
  setenv("OTEL_PROPAGATORS", " b3 ,tracecontext,b3,xray,none", 1);
  const auto set = otel::set_global_propagator();
  ASSERT_FALSE(set);
  EXPECT_NE(set.error().message().find("OTEL_PROPAGATORS"), std::string::npos);
  EXPECT_NE(set.error().message().find("xray;"), std::string::npos) << set.error().message();
  Headers outgoing;
  api::context::Context context;
  const SpanPointer span(new trace_api::DefaultSpan(remote_context()));
  api::context::propagation::GlobalTextMapPropagator::GetGlobalPropagator()->Inject(
      outgoing, trace_api::SetSpan(context, span));
  EXPECT_NE(outgoing.at("b3"), "");
  EXPECT_NE(outgoing.at("traceparent"), "");
  EXPECT_EQ(outgoing.size(), 2u);
}

}  // namespace
}  // namespace cero::test
