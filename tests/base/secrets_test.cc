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

TEST(Secrets, hides_the_begin_of_one_where_the_text_was_cut) {
  Secrets secrets;
  secrets.add("hunter2secretkey");
  EXPECT_EQ(secrets.hide("pppp hunter2secretke..."), "pppp ...");
  EXPECT_EQ(secrets.hide("pppp hunt...: advice"), "pppp ...: advice");
  EXPECT_EQ(secrets.hide("pppp hun..."), "pppp hun...");
  EXPECT_EQ(secrets.hide("pppp hunter2secretkey..."), "pppp ......");
  EXPECT_EQ(secrets.hide("hunter2 pppp..."), "hunter2 pppp...");
  secrets.add("aaaaaab");
  EXPECT_EQ(secrets.hide("xaaaaaaa..."), "xa...") << "the longest begin";
  secrets.add("12.. .34");
  EXPECT_EQ(secrets.hide("x12.. ....y"), "x...y") << "dots of the secret, too";
}

TEST(Secrets, hides_one_that_is_escaped) {
  Secrets secrets;
  secrets.add(R"(ab"cd\xyz)");
  secrets.add("p&ss=word");
  secrets.add(
      "gr\xc3\xbc\xc3\x9f"
      "e");
  secrets.add("tab\tbed");
  for (const char* text : {R"({"key":"ab\"cd\\xyz"})", R"({"key":"ab\u0022cd\u005cxyz"})",
                           R"({"key":"ab%22cd%5Cxyz"})", R"({"key":"ab\\\"cd\\\\xyz"})",
                           R"({"key":"p\u0026ss\u003dword"})", R"({"key":"p&amp;ss&#61;word"})",
                           R"({"key":"p%26ss%3Dword"})", R"({"key":"p%26ss&#x3d;word"})",
                           R"({"key":"gr\u00fc\u00dfe"})", R"({"key":"gr%C3%BC%c3%9fe"})",
                           R"({"key":"tab\tbed"})", R"({"key":"tab bed"})"}) {
    EXPECT_EQ(secrets.hide(text), R"({"key":"..."})") << text;
  }
  for (const char* text : {R"(key p\u0026ss\u003dwo...)", R"(key p\u0026ss\u00...)",
                           R"(key p&amp;ss&#6...)", R"(key p&amp;ss%3...)", R"(key ab\"cd\...)"}) {
    EXPECT_EQ(secrets.hide(text), "key ...") << text;
  }
}

TEST(Secrets, hides_the_begin_of_one_wherever_the_text_was_cut) {
  Secrets secrets;
  secrets.add("p&ss=word");
  for (const std::string text : {"key p&ss=word", R"(key p\u0026ss\u003dword)",
                                 "key p&amp;ss&#61;word", "key p%26ss%3Dword"}) {
    const size_t four = text.find("ss") + 2;
    for (size_t cut = four; cut < text.size(); ++cut)
      EXPECT_EQ(secrets.hide(text.substr(0, cut) + "..."), "key ...") << text << " at " << cut;
  }
}

TEST(Secrets, hides_one_that_is_escaped_already) {
  Secrets secrets;
  secrets.add("50%41 off%");
  EXPECT_EQ(secrets.hide("got 50%41 off%"), "got ...");
  EXPECT_EQ(secrets.hide("got 50%41 off%41"), "got ...41");
  EXPECT_EQ(secrets.hide("got 50%2541%20off%25"), "got ...");
  secrets.add_query_of("http://host/?key=my%20pass+word");
  EXPECT_EQ(secrets.hide("key 'my pass word', my%20pass+word, my pass+word"),
            "key '...', ..., ...");
}

TEST(Secrets, hides_one_in_another_case) {
  Secrets secrets;
  secrets.add("SeKret1");
  EXPECT_EQ(secrets.hide("SEKRET1 sekret1 SeKret1 SEKRE..."), "... ... ... ...");
}

TEST(Secrets, hides_one_that_is_no_utf8) {
  Secrets secrets;
  secrets.add("p\xe4ssword");
  EXPECT_EQ(secrets.hide("got p\xef\xbf\xbdssword and p\xe4ssword"), "got ... and ...");
}

TEST(Secrets, hides_the_password_of_a_proxy) {
  for (const char* url :
       {"http://user:hunter2@host:3128", "user:hunter2@host", "http://u:hunter%32@h"}) {
    Secrets secrets;
    secrets.add_userinfo_of(url);
    EXPECT_EQ(secrets.hide("user hunter2 host 3128"), "user ... host 3128") << url;
  }
  Secrets secrets;
  secrets.add_userinfo_of("http://hunter2@host");
  secrets.add_userinfo_of("http://user:hunter3@host");
  secrets.add_userinfo_of("http://host");
  secrets.add_userinfo_of("");
  EXPECT_EQ(secrets.hide("hunter2 http://host Basic aHVudGVyMjo= Basic dXNlcjpodW50ZXIz"),
            "... http://host Basic ...= Basic ...");
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
