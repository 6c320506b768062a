// TCP on this machine, a line at a time: as much of a protocol as the example needs.
#ifndef CERO_EXAMPLES_PREFORKING_LINE_SOCKET_H_
#define CERO_EXAMPLES_PREFORKING_LINE_SOCKET_H_

#include <cstdint>
#include <optional>
#include <string>

namespace preforking {

class LineSocket {
 public:
  explicit LineSocket(int fd) : fd_(fd) {}
  LineSocket(LineSocket&& other) noexcept;
  LineSocket& operator=(LineSocket&&) = delete;
  ~LineSocket() { close(); }

  // Listens on a port that the system chooses. Throws std::system_error.
  static LineSocket listen();
  // Nothing: nobody listens there.
  static std::optional<LineSocket> connect(uint16_t port);

  uint16_t port() const;
  // The next connection to a socket that listens. Nothing: an error.
  std::optional<LineSocket> accept() const;

  // Nothing: the connection ended before a line did.
  std::optional<std::string> read_line() const;
  bool write_line(const std::string& line) const;
  void close();

 private:
  int fd_;
};

}  // namespace preforking

#endif  // CERO_EXAMPLES_PREFORKING_LINE_SOCKET_H_
