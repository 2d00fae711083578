"""Questions about a model beyond its summary, each answered by a function of a `Stack` or of the declarations."""
