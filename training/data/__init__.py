"""The training sets, and bytes as numbers."""
