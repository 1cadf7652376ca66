"""What the tests in Python share: cases, boards, paths."""
