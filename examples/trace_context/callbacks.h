// The service that W3C's trace-context suite asks for: a POST of [{"url": ..., "arguments": [...]}]
// to /test makes it POST each one's arguments to its url. What happens to the headers on the way is
// the caller's.
#ifndef EXAMPLES_TRACE_CONTEXT_CALLBACKS_H_
#define EXAMPLES_TRACE_CONTEXT_CALLBACKS_H_

#include <httplib.h>

#include <functional>
#include <string>
#include <vector>

namespace trace_context {

struct Callback {
  std::string url;
  std::string arguments;  // JSON
};

// Sends it with these headers.
void send(const Callback& callback, const httplib::Headers& headers);

using Handler =
    std::function<void(const httplib::Headers& incoming, const std::vector<Callback>& callbacks)>;

// Serves until the process is ended, on 127.0.0.1 and `--port N` (default 5000; 0: any free one),
// and says where on standard output. Returns the exit status.
int serve(int argc, char** argv, const Handler& handler);

}  // namespace trace_context

#endif  // EXAMPLES_TRACE_CONTEXT_CALLBACKS_H_
