"""Every change: one function, one transaction, at least one event."""
