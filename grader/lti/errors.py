"""What goes wrong between us and a platform.

LtiError
├── LaunchError      a launch that is not to be trusted, or says too little
└── ServiceError     a service of the platform that is away, refuses, or answers nonsense
    └── AwayError    it may answer later: no connection, an overload, a failure of its own
"""

from __future__ import annotations

from grader.errors import BpgradeError


class LtiError(BpgradeError):
    """Something that a platform sent can't be used."""


class LaunchError(LtiError):
    """A launch that is not to be trusted, or that says too little."""


class ServiceError(LtiError):
    """A service that has not done what was asked of it.

    Attributes
    ----------
    status : int
        What it answered over HTTP; 0 where it answered nothing.
    words : str
        What it said, as it said it, shortened.
    """

    def __init__(self, message: str, remedy: str = "", *, status: int = 0, words: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.words = words


class AwayError(ServiceError):
    """A service that may answer later.

    Attributes
    ----------
    retry_after : float
        For how many seconds it asked to be left alone; 0 where it didn't say.
    is_whole : bool
        Whether the platform as a whole is away, and not what was asked for alone.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        status: int = 0,
        words: str = "",
        retry_after: float = 0.0,
        is_whole: bool = False,
    ) -> None:
        super().__init__(message, remedy, status=status, words=words)
        self.retry_after = retry_after
        self.is_whole = is_whole
