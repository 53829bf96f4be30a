# primes
def primes():
    while True:
        pass
    yield 2
