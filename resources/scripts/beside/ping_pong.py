"""*Ping-pong* over queues, without the figures of each round trip."""

ONLY = {"channel": "queue"}
BESIDE = ""


def ops(worker, amount, size, workers):
    partner, came_back = worker ^ 1, 0
    for number in rounds(amount if partner < workers else 0):
        if worker % 2:
            message = yield Get("to %d" % worker)
            yield Put("to %d" % partner, message)
        else:
            message = message_of(number, size)
            yield Put("to %d" % partner, message)
            came_back += message == (yield Get("to %d" % worker))
    return came_back


def answer(results):
    return sum(results)
