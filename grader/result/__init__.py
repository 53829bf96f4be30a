"""The result of grading one submission: a versioned document and nothing else."""

from grader.result.document import (
    SCHEMA,
    CheckResult,
    Diagnosis,
    Listing,
    Outcome,
    PartResult,
    Picture,
    Place,
    Result,
    RubricItemResult,
    SubmissionInfo,
)

__all__ = [
    "SCHEMA",
    "CheckResult",
    "Diagnosis",
    "Listing",
    "Outcome",
    "PartResult",
    "Picture",
    "Place",
    "Result",
    "RubricItemResult",
    "SubmissionInfo",
]
