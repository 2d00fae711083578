"""What a declaration is made of: a layer, its arguments and weights, how it is called, what it may join with."""
