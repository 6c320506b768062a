// Goal: the option table, options.h and the reading of the environment know the same options,
// ranges, defaults and variables. Method: options.h is read as text, field by field with the
// comment above it; the environment is one that notes which variables it is asked for.
#include "config/option_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "config/environment.h"
#include "tables/option_text.h"

namespace cero::core {
namespace {

// The fields of options.h by their dotted names, each with the comment that it stands under.
std::map<std::string, std::string> declared_options() {
  const std::map<std::string, std::string> prefixes = {{"Exporter", "exporter."},
                                                       {"SpanLimits", "limits."},
                                                       {"BatchOptions", "batch."},
                                                       {"Options", ""}};
  const std::regex opening(R"(struct (\w+) \{)");
  const std::regex comment(R"( *// (.*))");
  const std::regex field(R"(  [\w:<>]+ (\w+)( = .*|\{.*|;))");
  std::map<std::string, std::string> options;
  const std::string* prefix = nullptr;
  std::string above;
  bool in_comment = false;
  std::ifstream file(CERO_OPTIONS_H);
  EXPECT_TRUE(file) << CERO_OPTIONS_H;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, comment)) {
      if (!in_comment) above.clear();
      above += match[1].str() + " ";
      in_comment = true;
      continue;
    }
    in_comment = false;
    if (std::regex_match(line, match, opening)) {
      const auto found = prefixes.find(match[1]);
      prefix = found == prefixes.end() ? nullptr : &found->second;
    } else if (line.empty()) {
      above.clear();
    } else if (prefix != nullptr && std::regex_match(line, match, field)) {
      options[*prefix + match[1].str()] = above;
    }
  }
  for (const char* of_options : {"exporter", "limits", "batch"}) {
    EXPECT_EQ(options.erase(of_options), 1u) << "it holds options, and is none";
  }
  return options;
}

TEST(OptionTable, has_a_row_for_each_field_of_options_h_and_no_other) {
  std::set<std::string> declared;
  for (const auto& [name, comment] : declared_options()) declared.insert(name);
  std::set<std::string> rows;
  for (const OptionRow& row : kOptions) {
    EXPECT_TRUE(rows.insert(std::string(row.name)).second) << row.name << " has two rows";
  }
  EXPECT_EQ(rows, declared);
}

TEST(OptionTable, says_what_the_comments_of_options_h_say) {
  const std::map<std::string, std::string> declared = declared_options();
  for (const OptionRow& row : kOptions) {
    const auto found = declared.find(std::string(row.name));
    if (found == declared.end()) continue;  // the test above fails
    const std::string& comment = found->second;
    const auto says = [&](const std::string& text) {
      return comment.find(text) != std::string::npos;
    };
    if (row.range.given()) {
      EXPECT_TRUE(says(tables::range_text(row)))
          << row.name << " has the range " << tables::range_text(row) << ", but: " << comment;
    } else {
      EXPECT_FALSE(says("Range")) << row.name << " has no range, but: " << comment;
    }
    if (row.unset_value != 0) {
      const std::string text = tables::default_text(row);
      EXPECT_TRUE(says("Unset: " + text.substr(0, text.find(',')))) << row.name << ": " << comment;
    }
    const std::regex variable("OTEL_[A-Z_]*[A-Z]");
    for (std::sregex_iterator it(comment.begin(), comment.end(), variable), end; it != end; ++it) {
      EXPECT_NE(std::find(row.variables.begin(), row.variables.end(), it->str()),
                row.variables.end())
          << row.name << " is not read from " << it->str() << ", but: " << comment;
    }
  }
}

TEST(OptionTable, default_values_are_within_their_ranges) {
  Options defaults;
  for (const OptionRow& row : kOptions) {
    if (!row.range.given()) continue;
    bool is_number = false;
    std::visit(
        [&](const auto* field) {
          using Field = std::remove_cvref_t<decltype(*field)>;
          is_number = std::integral<Field> || requires { field->count(); }
          || requires { field->has_value(); };
          with_number(*field, [&](auto value) {
            if constexpr (requires { value.count(); }) {
              EXPECT_TRUE(row.range.contains(value.count())) << row.name;
            } else {
              EXPECT_TRUE(row.range.contains(value)) << row.name;
            }
          });
        },
        row.field(defaults));
    EXPECT_TRUE(is_number) << row.name << " has a range that nothing checks";
    if (row.unset_value != 0) {
      EXPECT_TRUE(row.range.contains(row.unset_value)) << row.name;
    }
  }
}

TEST(OptionTable, has_a_sentence_a_default_and_a_name_of_its_own_for_each) {
  std::set<std::string_view> keywords;
  std::set<std::string_view> variables;
  for (const OptionRow& row : kOptions) {
    EXPECT_TRUE(row.sentence.ends_with('.')) << row.name;
    EXPECT_NE(tables::default_text(row), "") << row.name;
    if (!row.python.empty()) {
      EXPECT_TRUE(keywords.insert(row.python).second) << row.python;
    }
    for (const std::string_view variable : row.variables) {
      if (variable.empty()) continue;
      EXPECT_TRUE(variables.insert(variable).second) << variable;
    }
  }
}

// Of endpoints without a scheme, and samplers by name, more is asked.
TEST(OptionTable, has_the_variables_that_are_read_and_no_other) {
  std::set<std::string> asked;
  Wording wording;
  const Options options = read_environment(
      {.exporter = {.protocol = Protocol::grpc}},
      [&](std::string_view name) -> std::optional<std::string> {
        const bool is_new = asked.insert(std::string(name)).second;
        // Names like the endpoint's are looked for one after the other, until there is one.
        if (name == "OTEL_EXPORTER_OTLP_ENDPOINT") return "host:4317";
        if (name == "OTEL_EXPORTER_OTLP_INSECURE") return "true";
        if (name == "OTEL_TRACES_SAMPLER") return "traceidratio";
        return is_new ? std::nullopt : std::optional<std::string>();
      },
      wording);
  EXPECT_EQ(options.exporter.endpoint, "http://host:4317");
  std::set<std::string> listed;
  for (const OptionRow& row : kOptions) {
    for (const std::string_view variable : row.variables) {
      if (!variable.empty()) listed.insert(std::string(variable));
    }
  }
  EXPECT_EQ(asked, listed);
}

TEST(OptionTable, each_variable_sets_its_option) {
  const std::map<std::string_view, std::string> values = {
      {"exporter.kind", "console"},      {"exporter.protocol", "grpc"}, {"exporter.headers", "a=1"},
      {"exporter.compression", "gzip"},  {"sampler", "always_off"},     {"resource", "a=1"},
      {"exporter.endpoint", "http://h"}, {"log_handler", "none"}};
  for (const OptionRow& row : kOptions) {
    for (const std::string_view variable : row.variables) {
      // What these say is part of another variable's meaning.
      if (variable.empty() || variable.ends_with("INSECURE") || variable.ends_with("_ARG"))
        continue;
      const auto own = values.find(row.name);
      const std::string value = variable == "OTEL_SDK_DISABLED" ? "true"
                                : own != values.end()           ? own->second
                                                                : "7";
      Wording wording;
      Options defaults;
      defaults.log_handler = log_to_stderr;
      const Options options = read_environment(
          defaults,
          [&](std::string_view name) {
            return name == variable ? std::optional(value) : std::nullopt;
          },
          wording);
      const bool is_told =
          wording.is_set_by_variable(row) ||
          wording.name(row, "[\"a\"]") != std::string(row.name) + "[\"a\"]";  // a header
      const bool is_changed = options.resource.size() == 1 || !options.log_handler;
      EXPECT_TRUE(is_told || is_changed) << variable << "=" << value;
    }
  }
}

}  // namespace
}  // namespace cero::core
