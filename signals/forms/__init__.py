"""Forms check the shape of the input; they save nothing."""
