"""The model: calls become a graph of nodes, each with its layer, its wiring and its shapes."""
