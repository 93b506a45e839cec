"""What the log and the pages cost, as ratios within one run: `make bench`. Not collected by pytest.

CPU is counted of this process and of its PostgreSQL backend, in rounds that alternate between the variants, and the
median of the ratios is taken: so other work on the machine cancels out.
"""
