"""The server as a tool of learning platforms: who comes from where, and the grades that go back."""
