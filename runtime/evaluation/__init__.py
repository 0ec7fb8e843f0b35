"""Values of expressions, and how long they hold: the interpreter, and the closures that are held equal to it."""
