"""The frame loop, its journal and its files; never planning, never a concrete engine."""
