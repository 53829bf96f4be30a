# primes
def primes():
    return [object() for _ in range(20_000)]
