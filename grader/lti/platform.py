"""What is known of a platform, and the names that LTI gives to things."""

from __future__ import annotations

from typing import Final

from grader.quick_dataclass import dataclass

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"

SCOPE_LINE_ITEMS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEMS_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULTS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORES: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_ROSTER: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_GROUPS: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPES: Final = (SCOPE_LINE_ITEMS, SCOPE_RESULTS, SCOPE_SCORES, SCOPE_ROSTER, SCOPE_GROUPS)


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """A platform as one registration of us knows it.

    Attributes
    ----------
    issuer, client_id : str
        Who it is, and who we are to it.
    keys_address, token_address, login_address : str
        Its key set, where tokens for its services are had, and where a launch goes on.
    audience : str
        Who a request for a token is for, where that is not its token address.
    deployments : tuple of str
        The deployments that launches may come from; none: any.
    """

    issuer: str
    client_id: str
    keys_address: str
    token_address: str
    login_address: str
    audience: str = ""
    deployments: tuple[str, ...] = ()
