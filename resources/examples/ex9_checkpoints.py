"""Report progress.

checkpoint() cuts a worker's lane into steps, which are counted.
There a run can also be paused.
"""


def step(number):
    numbers = range(number % 1000 * 25)
    return sum(one * one for one in numbers)


def job(i, n):
    total = 0
    for number in range(1, 1001):
        total += step(number)
        checkpoint()
        if number % 250 == 0:
            print(f"{number} steps done")
    return total
