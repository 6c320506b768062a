#include "receiver/fault_script.h"

#include <algorithm>
#include <utility>

namespace cero::receiver {
namespace {

constexpr uint64_t kTimesMax = 1'000'000'000;

// Reads "5 times:", "for 2s:" or "forever:", when one of them comes.
void read_extent(FaultWords& words, FaultStep& step) {
  if (words.take("for")) {
    step.times.reset();
    step.time = words.time();
  } else if (words.take("forever")) {
    step.times.reset();
  } else if (words.starts_with_digit()) {
    step.times = words.number("count", 1, kTimesMax);
    words.expect("times");
  } else {
    return;
  }
  words.expect(":");
}

FaultStep read_step(FaultWords& words) {
  FaultStep step;
  read_extent(words, step);
  step.action = read_fault_action(words);
  const ConnectionFault* fault = step.action.connection();
  if (fault != nullptr && fault->kind == ConnectionFault::Kind::refuse && step.times) {
    throw FaultScriptError(
        "refused connections cannot be counted: write for how long, for example for 2s: refuse");
  }
  return step;
}

FaultRule read_rule(FaultWords& words) {
  FaultRule rule;
  if (words.take("over")) {
    rule.condition = BodyOver{words.bytes()};
  } else if (words.take("encoding")) {
    rule.condition = EncodingIs{words.word("the name of an encoding")};
  } else if (words.take("each")) {
    rule.condition = EachNth{words.number("count", 1, kTimesMax)};
  } else {
    throw FaultScriptError("a condition is missing at " + words.shown() +
                           ": write over BYTES, encoding NAME or each N");
  }
  words.expect(":");
  rule.action = read_fault_action(words);
  if (!std::holds_alternative<Reply>(rule.action.effect)) {
    throw FaultScriptError("a rule is for whole requests, and '" + rule.action.text +
                           "' comes before: make it a step");
  }
  return rule;
}

void expect_end(const FaultWords& words) {
  if (words.at_end()) return;
  throw FaultScriptError(words.shown() +
                         " is one word too many: a line has one action, and its "
                         "additions behind commas");
}

class ScriptReader {
 public:
  void read_line(std::string_view line) {
    FaultWords words(line);
    if (words.at_end()) return;
    if (words.take("when")) {
      script_.rules.push_back(read_rule(words));
    } else if (words.take("repeat")) {
      end_with_repeat();
    } else {
      add_step(read_step(words));
    }
    expect_end(words);
  }

  FaultScript take() { return std::move(script_); }

 private:
  void end_with_repeat() {
    if (script_.steps.empty())
      throw FaultScriptError("there is no step to repeat: write one above");
    refuse_more();
    script_.repeats = true;
  }

  void add_step(FaultStep step) {
    refuse_more();
    lasts_forever_ = !step.times && !step.time;
    script_.steps.push_back(std::move(step));
  }

  void refuse_more() const {
    if (script_.repeats)
      throw FaultScriptError("never reached: repeat must be the last of the steps");
    if (lasts_forever_) throw FaultScriptError("never reached: the step above holds forever");
  }

  FaultScript script_;
  bool lasts_forever_ = false;
};

template <typename Predicate>
bool any_connection_fault(const FaultScript& script, Predicate predicate) {
  return std::any_of(script.steps.begin(), script.steps.end(), [&](const FaultStep& step) {
    const ConnectionFault* fault = step.action.connection();
    return fault != nullptr && predicate(*fault);
  });
}

}  // namespace

bool FaultScript::needs_tls() const {
  return any_connection_fault(*this, [](const ConnectionFault& f) { return f.is_about_tls(); });
}

bool FaultScript::needs_certificate() const {
  return any_connection_fault(*this,
                              [](const ConnectionFault& f) { return f.needs_certificate(); });
}

Result<FaultScript> parse_fault_script(std::string_view text) {
  ScriptReader reader;
  std::string errors;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    try {
      reader.read_line(text.substr(0, end));
    } catch (const FaultScriptError& error) {
      errors +=
          (errors.empty() ? "line " : "\nline ") + std::to_string(number) + ": " + error.what();
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!errors.empty()) return Error(ErrorCode::invalid_options, std::move(errors));
  return reader.take();
}

std::string fault_script_help() {
  return "A fault script has one step a line, taken in their order. '#' begins a comment.\n"
         "\n"
         "  ACTION             meets one request, or one connection\n"
         "  N times: ACTION    meets so many\n"
         "  for TIME: ACTION   meets all of that time (250ms, 2s, 1m)\n"
         "  forever: ACTION    meets all from here on\n"
         "  repeat             as the last line: begins again; without it all is well from there "
         "on\n"
         "\n"
         "A rule holds all the time, and comes before the steps:\n"
         "\n"
         "  when over BYTES: ACTION      for bodies larger than that as sent (4096, 64KiB, 1MiB)\n"
         "  when encoding NAME: ACTION   for bodies in that content-encoding or grpc-encoding\n"
         "  when each N: ACTION          for each Nth request\n"
         "\n" +
         fault_actions_help() +
         "\n"
         "Only whole, well-formed requests are counted, and over HTTP each status goes out as it "
         "is; over\n"
         "gRPC as the code that fits it. A step of connections begins by closing those that are "
         "open, each\n"
         "after the answers it owes.\n"
         "\n"
         "Example: a backend that restarts and is slow afterwards\n"
         "\n"
         "  20 times: ok\n"
         "  goaway\n"
         "  for 3s: refuse\n"
         "  5 times: status 503 retry-after 1\n"
         "  50 times: ok, delay 200ms\n"
         "  repeat\n";
}

}  // namespace cero::receiver
