"""Code lists of this room, a module a noun."""

from workflow.admin import alerts, procedures

__all__ = ["alerts", "procedures"]
