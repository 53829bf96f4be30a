"""Moments by the clock of a time zone, where an hour may be missing or come twice."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def last_moment(shown: datetime, zone: tzinfo) -> datetime:
    """Return the last moment at which the clock of a zone shows a time.

    Parameters
    ----------
    shown : datetime
        What the clock shows; a zone of its own counts for nothing.
    zone : tzinfo
    """
    moments = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return max(moments, key=lambda moment: moment.astimezone(UTC))


def in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return a moment in a zone, else in its own; without any it is taken there, else in UTC."""
    if moment.tzinfo is None:
        return last_moment(moment, zone or UTC)
    return moment.astimezone(zone) if zone else moment
