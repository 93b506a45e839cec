"""Practice: an invented school where staff rehearse a report from the first word to the closing."""
