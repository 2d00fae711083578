"""YAML, JSON and Python mappings as a `Script`."""
