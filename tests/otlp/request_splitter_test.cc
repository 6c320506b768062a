// Goal: two halves are together the request, each with the resource and the scopes of its spans,
// and what is no request is refused. Method: requests of random shape, made with the official
// classes, are split everywhere, parsed and merged again.
#include "otlp/request_splitter.h"

#include <gtest/gtest.h>

#include <random>

#include "support/official_messages.h"

namespace cero::core {
namespace {

using official::ExportTraceServiceRequest;

// As the request builder makes them: one resource, a ScopeSpans for each scope.
ExportTraceServiceRequest make_request(const std::vector<int>& spans_of_scopes) {
  ExportTraceServiceRequest request;
  official::ResourceSpans* resource = request.add_resource_spans();
  resource->set_schema_url("https://example.com/resource");
  official::KeyValue* name = resource->mutable_resource()->add_attributes();
  name->set_key("service.name");
  name->mutable_value()->set_string_value("shop");
  int number = 0;
  for (size_t i = 0; i < spans_of_scopes.size(); ++i) {
    official::ScopeSpans* scope = resource->add_scope_spans();
    scope->mutable_scope()->set_name("scope " + std::to_string(i));
    if (i % 2 == 0) scope->set_schema_url("https://example.com/" + std::to_string(i));
    for (int span = 0; span < spans_of_scopes[i]; ++span) {
      const auto size = static_cast<size_t>(number * 37 % 300);  // lengths of one and of two bytes
      scope->add_spans()->set_name(std::to_string(number++) + std::string(size, 'n'));
    }
  }
  return request;
}

int count_spans(const ExportTraceServiceRequest& request) {
  int count = 0;
  for (const auto& resource : request.resource_spans()) {
    for (const auto& scope : resource.scope_spans()) count += scope.spans_size();
  }
  return count;
}

// Scopes that stand in both halves become one again.
ExportTraceServiceRequest merged(ExportTraceServiceRequest first,
                                 const ExportTraceServiceRequest& second) {
  official::ResourceSpans& into = *first.mutable_resource_spans(0);
  EXPECT_EQ(official::difference(into.resource(), second.resource_spans(0).resource()), "");
  EXPECT_EQ(into.schema_url(), second.resource_spans(0).schema_url());
  for (const official::ScopeSpans& scope : second.resource_spans(0).scope_spans()) {
    official::ScopeSpans& last = *into.mutable_scope_spans(into.scope_spans_size() - 1);
    if (last.scope().name() == scope.scope().name()) {
      EXPECT_EQ(last.schema_url(), scope.schema_url());
      last.mutable_spans()->MergeFrom(scope.spans());
    } else {
      *into.add_scope_spans() = scope;
    }
  }
  return first;
}

void expect_halves(const ExportTraceServiceRequest& request, int first_count) {
  RequestHalves halves;
  ASSERT_TRUE(
      split_request(request.SerializeAsString(), static_cast<uint32_t>(first_count), &halves));
  const auto first = official::parse_request(halves.first);
  const auto second = official::parse_request(halves.second);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(count_spans(*first), first_count);
  for (const auto* half : {&*first, &*second}) {
    ASSERT_EQ(half->resource_spans_size(), 1);
    for (const auto& scope : half->resource_spans(0).scope_spans())
      EXPECT_GT(scope.spans_size(), 0) << "no empty envelopes";
  }
  EXPECT_EQ(official::difference(request, merged(*first, *second)), "");
}

TEST(RequestSplitter, makes_two_requests_that_are_together_the_first) {
  for (const std::vector<int>& scopes :
       {std::vector<int>{2}, {7}, {1, 1}, {3, 1, 4}, {1, 200, 1}}) {
    const ExportTraceServiceRequest request = make_request(scopes);
    for (int first_count = 1; first_count < count_spans(request); ++first_count)
      expect_halves(request, first_count);
  }
}

void add_unknown_field(google::protobuf::Message* message, int number, const char* content) {
  message->GetReflection()->MutableUnknownFields(message)->AddLengthDelimited(number, content);
}

TEST(RequestSplitter, keeps_fields_it_does_not_know) {
  ExportTraceServiceRequest request = make_request({2});
  add_unknown_field(request.mutable_resource_spans(0), 9, "new");
  add_unknown_field(request.mutable_resource_spans(0)->mutable_scope_spans(0), 10, "later");
  RequestHalves halves;
  ASSERT_TRUE(split_request(request.SerializeAsString(), 1, &halves));
  for (const std::string& half : {halves.first, halves.second}) {
    EXPECT_NE(half.find("new"), std::string::npos);
    EXPECT_NE(half.find("later"), std::string::npos);
  }
}

TEST(RequestSplitter, refuses_to_leave_a_half_empty) {
  const std::string request = make_request({2, 1}).SerializeAsString();
  RequestHalves halves;
  for (const uint32_t first_count : {0u, 3u, 4u})
    EXPECT_FALSE(split_request(request, first_count, &halves)) << first_count;
  EXPECT_FALSE(split_request("", 0, &halves));
}

TEST(RequestSplitter, refuses_what_is_cut_and_survives_what_is_overwritten) {
  const std::string request = make_request({3, 3}).SerializeAsString();
  RequestHalves halves;
  for (size_t size = 0; size < request.size(); ++size)
    EXPECT_FALSE(split_request(request.substr(0, size), 3, &halves)) << size;
  std::mt19937 random(1);
  for (int i = 0; i < 10'000; ++i) {
    std::string damaged = request;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    static_cast<void>(split_request(damaged, 3, &halves));  // no read beyond it: ASan
  }
}

}  // namespace
}  // namespace cero::core
