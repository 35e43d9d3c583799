"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app, held at the agency; SEND is the machine's, MANAGE the system officer's.

    Whoever registers connectors sees none of what is sent through them.
    """

    CONNECTOR_READ = "connectors:connector:read"
    CONNECTOR_MANAGE = "connectors:connector:manage"
    DELIVERY_SEND = "connectors:delivery:send"
    DELIVERY_READ = "connectors:delivery:read"
    DELIVERY_HANDLE = "connectors:delivery:handle"
