"""Models of the comparison. This app is in the settings of the benchmark only."""
