"""The result of grading one submission: a versioned document and nothing else."""

from grader.result.document import (
    SCHEMA,
    CheckResult,
    Diagnosis,
    Listing,
    Outcome,
    Picture,
    Place,
    Result,
    SubmissionInfo,
)

__all__ = [
    "SCHEMA",
    "CheckResult",
    "Diagnosis",
    "Listing",
    "Outcome",
    "Picture",
    "Place",
    "Result",
    "SubmissionInfo",
]
