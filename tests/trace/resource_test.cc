// Goal: a resource is complete and has unique keys.
// Method: attributes given in, the merged list out.
#include "trace/resource.h"

#include <gtest/gtest.h>

#include <map>

#include "cero/version.h"

namespace cero::core {
namespace {

std::map<std::string, std::string> strings(const Resource& resource) {
  std::map<std::string, std::string> values;
  for (const OwnedAttribute& attribute : resource.attributes) {
    const auto* text = std::get_if<std::string>(&attribute.value.variant());
    EXPECT_TRUE(values.emplace(attribute.key, text != nullptr ? *text : "?").second)
        << attribute.key << " twice";
  }
  return values;
}

TEST(Resource, has_identity_and_a_service_name_by_default) {
  const std::map<std::string, std::string> expected = {{"service.name", "unknown_service:shop"},
                                                       {"telemetry.sdk.language", "cpp"},
                                                       {"telemetry.sdk.name", "cero"},
                                                       {"telemetry.sdk.version", CERO_VERSION}};
  EXPECT_EQ(strings(make_resource({}, "", "shop")), expected);
}

TEST(Resource, service_name_falls_back_further_without_an_executable_name) {
  EXPECT_EQ(strings(make_resource({}, "", ""))["service.name"], "unknown_service");
}

TEST(Resource, keeps_what_is_given_in_its_order) {
  const Resource resource =
      make_resource({{"b", 1}, {"service.name", "acme"}, {"a", true}}, "https://schema", "shop");
  ASSERT_EQ(resource.attributes.size(), 6u);
  EXPECT_EQ(resource.attributes[0].key, "b");
  EXPECT_EQ(resource.attributes[1].key, "service.name");
  EXPECT_EQ(resource.attributes[2].key, "a");
  EXPECT_EQ(std::get<int64_t>(resource.attributes[0].value.variant()), 1);
  EXPECT_EQ(strings(resource)["service.name"], "acme");
  EXPECT_EQ(resource.schema_url, "https://schema");
}

TEST(Resource, later_of_equal_keys_wins_even_if_empty) {
  auto values = strings(make_resource(
      {{"service.name", "first"}, {"k", "1"}, {"service.name", "second"}, {"k", ""}}, "", "shop"));
  EXPECT_EQ(values["service.name"], "second");
  EXPECT_EQ(values["k"], "");
}

TEST(Resource, null_service_name_counts_as_none) {
  const char* unset = nullptr;
  EXPECT_EQ(strings(make_resource({{"service.name", unset}}, "", "shop"))["service.name"],
            "unknown_service:shop");
  EXPECT_EQ(strings(make_resource({{"service.name", "env"}, {"service.name", unset}}, "",
                                  "shop"))["service.name"],
            "env");
}

TEST(Resource, given_identity_wins) {
  EXPECT_EQ(
      strings(make_resource({{"telemetry.sdk.name", "bridge"}}, "", "x"))["telemetry.sdk.name"],
      "bridge");
}

TEST(ExecutableName, is_that_of_this_program) { EXPECT_EQ(executable_name(), "trace_unit_test"); }

// What the attribute says, or -1.
int64_t number(const Resource& resource, std::string_view key) {
  for (const OwnedAttribute& attribute : resource.attributes) {
    const auto* value = std::get_if<int64_t>(&attribute.value.variant());
    if (attribute.key == key && value != nullptr) return *value;
  }
  return -1;
}

TEST(Resource, follows_its_process_into_a_child) {
  Resource resource = make_resource({{"process.pid", 10}, {"process.parent_pid", 1}}, "", "shop");
  follow_process(&resource, {.own = 10, .parent = 1}, {.own = 11, .parent = 10});
  EXPECT_EQ(number(resource, "process.pid"), 11);
  EXPECT_EQ(number(resource, "process.parent_pid"), 10);
}

TEST(Resource, keeps_process_ids_that_were_not_the_process_s) {
  Resource resource = make_resource({{"process.pid", 7}, {"process.parent_pid", "1"}}, "", "shop");
  follow_process(&resource, {.own = 10, .parent = 1}, {.own = 11, .parent = 10});
  EXPECT_EQ(number(resource, "process.pid"), 7);
  EXPECT_EQ(strings(resource)["process.parent_pid"], "1");
  Resource without = make_resource({}, "", "shop");
  follow_process(&without, {.own = 10, .parent = 1}, {.own = 11, .parent = 10});
  EXPECT_EQ(number(without, "process.pid"), -1);
}

}  // namespace
}  // namespace cero::core
