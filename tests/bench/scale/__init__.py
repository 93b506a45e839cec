"""Lists at a million cases against the same lists at a thousand: `make bench-scale`. Not collected by pytest.

Two databases hold the same board with the same people; in the large one 7,940 other schools stand around it. What the
people measured see is the same in both, case by case, and that is checked; so a ratio says what the others cost them.
"""
