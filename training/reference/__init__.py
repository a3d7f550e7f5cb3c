"""Traces, fixtures and timings that the engine is held against."""
