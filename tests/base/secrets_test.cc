// Goal: no secret is left in a text, and the rest of the text is.
#include "base/secrets.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

TEST(Secrets, hides_each_occurrence) {
  Secrets secrets;
  secrets.add("hunter2");
  EXPECT_EQ(secrets.hide("key hunter2 is no key: hunter2hunter2."), "key ... is no key: .......");
  EXPECT_EQ(secrets.hide("hunter"), "hunter");
  EXPECT_EQ(secrets.hide(""), "");
}

TEST(Secrets, hides_the_words_of_a_value) {
  Secrets secrets;
  secrets.add("Bearer s3cret  token");
  EXPECT_EQ(secrets.hide("the token s3cret has expired"), "the ... ... has expired");
  EXPECT_EQ(secrets.hide("got 'Bearer s3cret  token'"), "got '...'");
}

TEST(Secrets, hides_a_longer_one_before_its_part) {
  Secrets secrets;
  secrets.add("abcd");
  secrets.add("xabcdx");
  EXPECT_EQ(secrets.hide("xabcdx"), "...");
}

TEST(Secrets, hides_the_values_of_a_query) {
  Secrets secrets;
  secrets.add_query_of("https://host/v1/traces?key=hunter2&tenant=acme&hunter3");
  EXPECT_EQ(secrets.hide("POST /v1/traces?key=hunter2&tenant=acme&hunter3"),
            "POST /v1/traces?key=...&tenant=...&...");
  secrets.add_query_of("https://host/hunter4");
  EXPECT_EQ(secrets.hide("hunter4"), "hunter4");
}

TEST(Secrets, are_not_in_a_url_that_is_shown) {
  EXPECT_EQ(without_secrets("http://host:1/path"), "http://host:1/path");
  EXPECT_EQ(without_secrets("http://user:secret@host/path"), "http://...@host/path");
  EXPECT_EQ(without_secrets("http://user:sec/r@et@host/path"), "http://...@host/path");
  EXPECT_EQ(without_secrets("user:secret@host"), "...@host");
  EXPECT_EQ(without_secrets("http://host/?token=secret"), "http://host/?...");
  EXPECT_EQ(without_secrets("http://host/#secret"), "http://host/#...");
  EXPECT_EQ(without_secrets("http://user:secret@host/?token=secret"), "http://...@host/?...");
  for (const char* url : {"http://user:sec?ret@host/", "http://user:sec#ret@host/",
                          "http://user:sec/x#ret@host", "http://host/?token=sec@ret"}) {
    EXPECT_EQ(without_secrets(url), "http://...");
  }
  EXPECT_EQ(without_secrets(""), "");
}

TEST(Secrets, leaves_what_is_too_short_to_be_one) {
  Secrets secrets;
  secrets.add("*/*");
  secrets.add("");
  secrets.add("a b");
  EXPECT_EQ(secrets.hide("a b */*"), "a b */*");
}

TEST(Secrets, hides_one_that_looks_like_its_own_mark) {
  Secrets secrets;
  secrets.add("....");
  EXPECT_EQ(secrets.hide("a....b"), "a...b");
}

}  // namespace
}  // namespace cero::core
