from schoolsafety.accesscheck import walk


def test_it(world):
    print("\n".join(walk.run(["expired", "reader", "adder", "coordinator"]).surprises), "END")
