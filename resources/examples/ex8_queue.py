"""Pass work through a queue.

A generator of ops runs under every model: each has its own
kind of queue. Worker A fills it, the others empty it.
"""

# Room for four: whoever puts a fifth waits.
SHARED = {"tasks": queue(4)}
END = None


def work(number):
    return sum(range(number))


def job(i, n):
    if i == 0:
        for number in range(300):
            yield Put("tasks", number)
        for _ in range(n - 1):
            yield Put("tasks", END)
        return "all handed over"

    done = 0
    while (yield Get("tasks")) is not END:
        yield Call(work, 300_000)
        done += 1
    return done
