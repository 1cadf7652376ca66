"""The test runner: which suites there are, building and running them, adding up what they print."""
