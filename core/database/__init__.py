"""Engine, types and migrations. Knows nothing of what is stored."""
