# primes
def primes():
    def give():
        while True:
            yield found

    found = give()
    return found
