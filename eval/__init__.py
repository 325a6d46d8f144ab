"""Question files, metrics and reports: how good the answers are, with intervals."""
