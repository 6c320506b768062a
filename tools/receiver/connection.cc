#include "receiver/connection.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "receiver/http1_session.h"
#include "receiver/http2_session.h"

namespace cero::receiver {
namespace {

// What may lie unread while an answer is delayed; past it the client's sends block.
constexpr size_t kInputBytesMax = size_t{1} << 20;
// How long a client may stay silent between our end of the connection and its own.
constexpr timeval kLinger{2, 0};

timeval to_timeval(std::chrono::milliseconds time) {
  return {time.count() / 1000, static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

void discard(evbuffer* buffer) { evbuffer_drain(buffer, evbuffer_get_length(buffer)); }

}  // namespace

Connection::Connection(BuffereventPtr stream, Intake& intake, Settings settings)
    : intake_(intake), settings_(std::move(settings)), stream_(std::move(stream)) {
  bufferevent_setcb(stream_.get(), on_read, on_write, on_event, this);
  bufferevent_setwatermark(stream_.get(), EV_READ, 0, kInputBytesMax);
  bufferevent_enable(stream_.get(), EV_READ | EV_WRITE);
}

void Connection::on_read(bufferevent*, void* self) {
  auto& connection = *static_cast<Connection*>(self);
  connection.take_input();
  connection.settle();
}

void Connection::on_write(bufferevent*, void* self) { static_cast<Connection*>(self)->settle(); }

void Connection::on_event(bufferevent*, short what, void* self) {
  if ((what & BEV_EVENT_CONNECTED) != 0) return;  // the TLS handshake is done
  auto& connection = *static_cast<Connection*>(self);
  connection.input_ended_ = true;
  const bool is_half_closed =
      (what & BEV_EVENT_EOF) != 0 && evbuffer_get_length(connection.output()) > 0;
  connection.ending_ = is_half_closed ? Ending::after_output : Ending::now;
  connection.settle();
}

void Connection::take_input() {
  if (ending_ != Ending::none) {
    discard(input());
  } else if (session_ || start_session()) {
    session_->receive(input());
  }
}

bool Connection::start_session() {
  SessionHost& host = *this;
  char bytes[kHttp2Preface.size()];
  const ev_ssize_t size = evbuffer_copyout(input(), bytes, sizeof(bytes));
  const std::string_view start(bytes, size < 0 ? 0 : static_cast<size_t>(size));
  if (!settings_.allows_http2 || !kHttp2Preface.starts_with(start)) {
    session_ = std::make_unique<Http1Session>(host);
  } else if (start.size() == kHttp2Preface.size()) {
    session_ = std::make_unique<Http2Session>(host);
  } else {
    return false;
  }
  intake_.connection_opened();
  return true;
}

void Connection::dispatch(Request request) {
  request.connection_id = settings_.id;
  const int32_t stream_id = request.stream_id;
  Reply reply = intake_.take(std::move(request));
  if (reply.delay.count() > 0) {
    deliver_later(stream_id, std::move(reply));
  } else {
    deliver(stream_id, reply);
  }
}

void Connection::deliver(int32_t stream_id, const Reply& reply) {
  switch (reply.fault) {
    case Fault::stall:
      return;
    case Fault::close:
      return close_when_sent();
    case Fault::reset_connection:
      return reset_now();
    default:
      session_->answer(stream_id, reply);
  }
}

void Connection::deliver_later(int32_t stream_id, Reply reply) {
  const timeval delay = to_timeval(reply.delay);
  DelayedReply& delayed =
      delayed_.emplace_back(DelayedReply{*this, stream_id, std::move(reply), nullptr});
  delayed.timer.reset(evtimer_new(bufferevent_get_base(stream_.get()), on_delay_over, &delayed));
  evtimer_add(delayed.timer.get(), &delay);
}

void Connection::on_delay_over(evutil_socket_t, short, void* arg) {
  auto& delayed = *static_cast<DelayedReply*>(arg);
  Connection& connection = delayed.connection;
  if (connection.ending_ == Ending::none) {
    connection.deliver(delayed.stream_id, delayed.reply);
  }
  connection.delayed_.remove_if([&](const DelayedReply& other) { return &other == &delayed; });
  connection.take_input();  // what waited behind the answer; and HTTP/2 sends its frames here
  connection.settle();
}

void Connection::close_when_sent() {
  if (ending_ == Ending::none) ending_ = Ending::after_output;
}

void Connection::reset_now() {
  // Closing with a linger time of zero is what makes the kernel send RST.
  const linger no_linger{1, 0};
  setsockopt(bufferevent_getfd(stream_.get()), SOL_SOCKET, SO_LINGER, &no_linger,
             sizeof(no_linger));
  ending_ = Ending::now;
}

void Connection::shut_output() {
  if (SSL* ssl = bufferevent_openssl_get_ssl(stream_.get())) SSL_shutdown(ssl);
  shutdown(bufferevent_getfd(stream_.get()), SHUT_WR);
  // Closing the socket at once would reset it if the client is still sending, and the client could
  // lose the answer with that.
  ending_ = Ending::lingering;
  discard(input());
  bufferevent_set_timeouts(stream_.get(), &kLinger, nullptr);
}

void Connection::settle() {
  if (ending_ == Ending::after_output && evbuffer_get_length(output()) == 0) {
    if (input_ended_) {
      ending_ = Ending::now;
    } else {
      shut_output();
    }
  }
  if (ending_ == Ending::now) {
    // on_end destroys this object and with it the function; so call a copy.
    const auto on_end = settings_.on_end;
    on_end(settings_.id);
  }
}

}  // namespace cero::receiver
